import type { SourceInstance } from '../config/config.ts'
import type { Source, SourceContext } from '../sources/source.ts'
import type { Pipe } from './pipe.ts'

/** No source is configured under this name (for this kind of URL): answered 404. */
export class UnknownInstanceError extends Error {
  override readonly name = 'UnknownInstanceError'
}

/** Where a delivery came in: `/forms/{name}[/{token}]` or `/orders/{name}[/{token}]`. */
export type Address = { readonly kind: 'form' | 'order'; readonly name: string; readonly token?: string }

export type ConfiguredSource = {
  readonly source: Source
  readonly instance: SourceInstance
  readonly context: SourceContext
}

/**
 * The configured instance a request came to.
 * @throws UnknownInstanceError when there is none, or it takes another kind of delivery
 */
export async function sourceAt(
  { kind, name, token }: Address,
  pipe: Pick<Pipe, 'config' | 'secret' | 'loadSource'>,
): Promise<ConfiguredSource> {
  const configured = await sourceOf(name, pipe, token)
  if (configured.source.kind !== kind) throw new UnknownInstanceError(`"${name}" takes no ${kind}s`)
  return configured
}

/**
 * A configured instance with its source and live secrets.
 * @throws UnknownInstanceError when integration.config.ts has no such instance
 */
export async function sourceOf(
  name: string,
  pipe: Pick<Pipe, 'config' | 'secret' | 'loadSource'>,
  token?: string,
): Promise<ConfiguredSource> {
  const { sources } = pipe.config
  const instance = Object.hasOwn(sources, name) ? sources[name] : undefined
  if (instance === undefined)
    throw new UnknownInstanceError(`no source is configured under the name "${name}"`)
  const secrets = (await Promise.all(instance.secrets.map((secret) => pipe.secret(secret)))).flat()
  const source = await pipe.loadSource(instance.source)
  const context = {
    instance: name,
    options: instance.options,
    secrets,
    url: `${pipe.config.publicUrl.replace(/\/$/, '')}/${source.kind}s/${name}`,
    acceptTests: instance.acceptTests,
    ...(token !== undefined && { token }),
  }
  return { source, instance, context }
}

/** What each configured instance takes. One whose source nobody knows counts as a form; a delivery to it says what is wrong. */
export async function kindsOf({
  config,
  loadSource,
}: Pick<Pipe, 'config' | 'loadSource'>): Promise<ReadonlyMap<string, Source['kind']>> {
  const kinds = Object.entries(config.sources).map(async ([name, { source }]) => {
    const kind = await loadSource(source).then(
      (loaded) => loaded.kind,
      () => 'form' as const,
    )
    return [name, kind] as const
  })
  return new Map(await Promise.all(kinds))
}

import { type ConfiguredSource, sourceOf } from '../delivery/instances.ts'
import type { Pipe } from '../delivery/pipe.ts'

/** Why an instance would turn its deliveries away, and what to do about it. */
export type SourceProblem = { readonly instance: string; readonly said: string; readonly todo: string }

/** What is wrong with the configured instances before anything has arrived: no such source, its options, a missing secret. */
export async function sourceProblems(
  pipe: Pick<Pipe, 'config' | 'secret' | 'loadSource'>,
): Promise<SourceProblem[]> {
  const names = Object.keys(pipe.config.sources)
  return (await Promise.all(names.map((name) => problemsOf(name, pipe)))).flat()
}

async function problemsOf(
  name: string,
  pipe: Parameters<typeof sourceProblems>[0],
): Promise<SourceProblem[]> {
  try {
    return missingSecret(await sourceOf(name, pipe))
  } catch (error) {
    const todo = `put sources.${name} in integration.config.ts right`
    return [{ instance: name, said: error instanceof Error ? error.message : String(error), todo }]
  }
}

function missingSecret({ source, instance: { secrets }, context }: ConfiguredSource): SourceProblem[] {
  const { instance } = context
  const isNeeded = secrets.length > 0 || (source.needsSecret?.(context) ?? false)
  if (!isNeeded || context.secrets.some((secret) => secret !== '')) return []
  const said = 'has no secret: every delivery is answered 503'
  const todo =
    secrets.length > 0 ? `set ${secrets.join(' or ')}` : `name a secret in sources.${instance}.secrets`
  return [{ instance, said, todo }]
}

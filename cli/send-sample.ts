import { randomUUID } from 'node:crypto'
import type { IntegrationConfig } from '../lib/config/config.ts'
import type { ConfiguredSource } from '../lib/delivery/instances.ts'
import { loadSource, sources } from '../lib/sources/index.ts'
import { configuredSource, type ReadSecret } from './configured.ts'
import { requestOf, type Sample, samplesOf } from './samples.ts'

export type SampleOptions = {
  /** An instance of integration.config.ts, or a source. */
  readonly of: string
  /** Part of the name of a sample; the first one that becomes an event otherwise. */
  readonly sample?: string
  readonly count: number
  /** Where to; the instance at `base` otherwise. */
  readonly to?: string
  readonly base: () => Promise<string>
  /** What to sign with; the instance's own secret otherwise. */
  readonly secret?: string
}

/** The id of one delivery and what was answered. */
export type Sent = { readonly deliveryId: string; readonly status: number; readonly body: string }

/**
 * Posts a vendor's sample as the vendor would, signed, once for each of `count`.
 * @throws Error when there is no such instance or sample, or no secret to sign with
 */
export async function* sendSample(
  options: SampleOptions,
  config: IntegrationConfig,
  readSecret: ReadSecret,
): AsyncGenerator<Sent> {
  const { source, instance, context } = await target(options, config, readSecret)
  const sample = chosen(await samplesOf(source.name), options.sample, source.name)
  const secret = options.secret ?? context.secrets[0] ?? ''
  if (secret === '' && (source.needsSecret?.({ ...context, secrets: [''] }) ?? false))
    throw new Error(
      `${context.instance} has no secret: set ${instance.secrets[0] ?? 'one'}, or give --secret`,
    )
  const signed = { ...sample, options: { ...sample.options, ...context.options } }
  for (let index = 0; index < options.count; index += 1) {
    const deliveryId = `sample-${randomUUID()}`
    const signing = { secret, nowMs: Date.now(), deliveryId, url: context.url, options: signed.options }
    const { headers, body } = await requestOf(source, signed, signing)
    const isShown = secret === '' || Object.keys(source.sign(body, { ...signing, headers: {} })).length > 0
    const token = isShown ? '' : `/${encodeURIComponent(secret)}`
    const address = options.to ?? `${await options.base()}/${source.kind}s/${context.instance}${token}`
    const answer = await fetch(address, {
      method: 'POST',
      headers: sendable(headers),
      body: new Uint8Array(body),
    })
    yield { deliveryId, status: answer.status, body: await answer.text() }
  }
}

/** Somebody else's address needs no instance here. */
async function target(
  { of, to }: SampleOptions,
  config: IntegrationConfig,
  secret: ReadSecret,
): Promise<ConfiguredSource> {
  const isConfigured =
    of in config.sources || Object.values(config.sources).some(({ source }) => source === of)
  if (to === undefined || isConfigured || !(of in sources)) return configuredSource(of, config, secret)
  const source = await loadSource(of)
  const context = { instance: of, options: {}, secrets: [], url: to, acceptTests: true }
  return { source, context, instance: { secrets: [] } as never }
}

function chosen(samples: readonly Sample[], wanted: string | undefined, source: string): Sample {
  const sendable = samples.filter(({ becomes }) => becomes !== 'part')
  const found =
    wanted === undefined
      ? sendable.find(({ becomes }) => becomes === 'event')
      : (sendable.find(({ file }) => file === wanted || file.startsWith(`${source}-${wanted}`)) ??
        sendable.find(({ file }) => file.includes(wanted)))
  if (found !== undefined) return found
  const names = sendable.map(({ file }) => file).join('\n  ')
  throw new Error(`${source} has no sample "${wanted ?? ''}"; there is\n  ${names}`)
}

/** What belongs to the connection a sample was captured on. */
const OF_THE_CONNECTION: readonly string[] = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'keep-alive',
  'expect',
]

function sendable(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)))
}

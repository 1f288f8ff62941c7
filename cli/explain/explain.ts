import type { ConfiguredSource } from '../../lib/delivery/instances.ts'
import { UndecodableError } from '../../lib/intake/errors.ts'
import type { HttpRequest } from '../../lib/intake/request.ts'
import { MissingSecretError, SignatureError } from '../../lib/sources/errors.ts'
import { type Attempted, variationsOf } from './variations.ts'

export type Explanation = { readonly accepted: boolean; readonly said: readonly string[] }

/** Why a source does not accept a request, found by trying what usually goes wrong. `nowMs`: the time to judge it at. */
export async function explainSignature(
  request: HttpRequest,
  { source, instance, context }: ConfiguredSource,
  nowMs: number,
): Promise<Explanation> {
  const given = { request, secrets: context.secrets, url: context.url }
  const fits = async ({ url, secrets, request: one }: Attempted, atMs: number) =>
    failureOf(() => source.verify(one, { ...context, url, secrets }, atMs))
  const failure = await fits(given, nowMs)
  if (failure === undefined) return { accepted: true, said: ['the signature is right'] }
  if (failure instanceof UndecodableError)
    return { accepted: true, said: ['the signature is right', `the body is not: ${failure.message}`] }
  if (failure instanceof MissingSecretError)
    return refused(`no secret: set ${instance.secrets.join(' or ') || 'one in integration.config.ts'}`)
  if (!(failure instanceof SignatureError)) return refused(failure.message)
  const times = timesIn(request)
  for (const atMs of times) {
    if (isRight(await fits(given, atMs))) return refused(`the clock: ${distance(nowMs, atMs)}`)
  }
  for (const { means, ...tried } of variationsOf(given)) {
    for (const atMs of [nowMs, ...times]) {
      if (isRight(await fits(tried, atMs))) return refused(means)
    }
  }
  return refused(failure.message, ...hints(failure, request))
}

function refused(...said: string[]): Explanation {
  return { accepted: false, said }
}

async function failureOf(verify: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await verify()
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function isRight(failure: Error | undefined): boolean {
  return failure === undefined || failure instanceof UndecodableError
}

const MILLISECONDS_FROM = 1e12

/** The times in the headers: seconds or milliseconds since 1970, or ISO 8601. */
function timesIn({ headers }: HttpRequest): number[] {
  const values = Object.values(headers)
  const numbers = values.flatMap((value) => value.match(/(?<![\w+/=-])\d{10}(\d{3})?(?![\w+/-])/g) ?? [])
  const equal = values.flatMap((value) =>
    [...value.matchAll(/\bt=(\d{10}(?:\d{3})?)\b/g)].map(([, at]) => at ?? ''),
  )
  const instants = values.filter((value) => /^\d{4}-\d\d-\d\dT/.test(value)).map((value) => Date.parse(value))
  const read = [...numbers, ...equal].map(Number).map((one) => (one < MILLISECONDS_FROM ? one * 1_000 : one))
  return [...new Set([...read, ...instants])].filter((ms) => Number.isFinite(ms))
}

function distance(nowMs: number, atMs: number): string {
  const minutes = Math.round(Math.abs(nowMs - atMs) / 60_000)
  const when = nowMs > atMs ? 'ago' : 'from now'
  return `it was signed ${minutes} min ${when} (${new Date(atMs).toISOString()}), otherwise it is right; look at both clocks, or it waited or was sent again`
}

function hints({ message }: SignatureError, { headers }: HttpRequest): string[] {
  if (/missing/.test(message)) {
    const alike = Object.entries(headers).flatMap(([name, value]) =>
      /sig|hmac|token|digest|auth/.test(name) ? [value.trim() === '' ? `${name} (empty)` : name] : [],
    )
    return [`headers that look like it: ${alike.join(', ') || 'none'}`]
  }
  return [
    'nothing that usually goes wrong explains it: most likely the secret is another one, or the body is not complete',
  ]
}

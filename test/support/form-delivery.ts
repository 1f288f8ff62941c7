import type { CanonicalEvent, Ignored } from '../../lib/events/index.ts'
import type { Identity, Json, Source, SourceContext, Verified } from '../../lib/sources/source.ts'

const SECRET = 'a secret nobody can guess'
export const NOON_MS = Date.UTC(2026, 2, 12, 12)

export type Given = {
  readonly options?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly nowMs?: number
}

export type Told = {
  readonly verified: Verified
  readonly identity: Identity
  readonly event: CanonicalEvent | Ignored
}

/** What becomes of a body that its vendor sends: text as it is, anything else as JSON. Read again from what is stored. */
export async function tell(source: Source, body: string | Json, given: Given = {}): Promise<Told> {
  const { verified, context, nowMs } = await verify(source, body, given)
  return {
    verified,
    identity: source.identify(verified, context, nowMs),
    event: source.toEvent(verified, context),
  }
}

/** The same where the event is all that matters. */
export async function eventOf(source: Source, body: string | Json, options: Given['options'] = {}) {
  return (await tell(source, body, { options })).event
}

/** The identity alone: of a body, too, that makes no event. */
export async function identityOf(source: Source, body: string | Json, given: Given = {}): Promise<Identity> {
  const { verified, context, nowMs } = await verify(source, body, given)
  return source.identify(verified, context, nowMs)
}

async function verify(source: Source, body: string | Json, given: Given) {
  const { options = {}, nowMs = NOON_MS } = given
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const headers = { 'content-type': 'application/json', ...given.headers }
  const context: SourceContext = {
    instance: 'contact',
    options,
    secrets: [SECRET],
    token: SECRET,
    url: 'https://crm.example.com/forms/contact',
    acceptTests: false,
  }
  const signing = { secret: SECRET, nowMs, deliveryId: 'delivery-1', url: context.url, headers }
  const request = {
    method: 'POST',
    path: '/forms/contact',
    rawQuery: '',
    headers: { ...headers, ...source.sign(bytes, signing) },
    body: bytes,
    sourceIp: '192.0.2.7',
  }
  const verified = await source.verify(request, context, nowMs)
  return { verified: JSON.parse(JSON.stringify(verified)) as Verified, context, nowMs }
}

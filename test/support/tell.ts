import type { Order } from '../../lib/events/order.ts'
import type { Identity, Json, Source, SourceContext, Verified } from '../../lib/sources/source.ts'

const SECRET = 'whsec_b25lLXNlY3JldC1mb3ItdGVzdHM='
const NOW_MS = Date.UTC(2026, 2, 12, 12)

export type Telling = {
  readonly headers?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, unknown>>
  readonly acceptTests?: boolean
  /** Whether the secret is a token, the last part of the address. */
  readonly withToken?: boolean
  /** What `enrich` has fetched. */
  readonly fetched?: Json
}

export function shopContext({
  options = {},
  acceptTests = true,
  withToken = false,
}: Telling = {}): SourceContext {
  const url = 'https://crm.example/orders/shop'
  const context = { instance: 'shop', options, secrets: [SECRET], url, acceptTests }
  return withToken ? { ...context, token: SECRET } : context
}

/** A delivery signed as the vendor signs, verified, and stored as a receipt. `body`: text as it stands, else as JSON. */
export async function deliveryOf(source: Source, body: unknown, telling: Telling = {}): Promise<Verified> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const context = shopContext(telling)
  const headers = telling.headers ?? {}
  const signing = { secret: SECRET, nowMs: NOW_MS, deliveryId: 'delivery-1', url: context.url, headers }
  const request = {
    method: 'POST',
    path: '/orders/shop',
    rawQuery: '',
    headers: { 'content-type': 'application/json', ...headers, ...source.sign(bytes, signing) },
    body: bytes,
    sourceIp: '127.0.0.1',
  }
  return JSON.parse(JSON.stringify(await source.verify(request, context, NOW_MS))) as Verified
}

/** What a delivery becomes. */
export async function tell(
  source: Source,
  body: unknown,
  telling: Telling = {},
): Promise<{
  readonly identity: Identity
  readonly event: Order | { readonly kind: 'ignored'; reason: string }
}> {
  const { fetched } = telling
  const verified = await deliveryOf(source, body, telling)
  const context = shopContext(telling)
  const event = source.toEvent({ ...verified, ...(fetched !== undefined && { fetched }) }, context)
  if (event.kind !== 'order' && event.kind !== 'ignored') throw new Error('a shop tells of orders')
  return { identity: source.identify(verified, context, NOW_MS), event }
}

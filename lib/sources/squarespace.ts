import { decodeJsonBody } from '../intake/json-body.ts'
import { liveSecrets } from './access.ts'
import { requireCredential } from './api/credentials.ts'
import { fetchSquarespaceOrder, listSquarespaceOrders } from './api/squarespace.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { NotUnderstoodError } from './errors.ts'
import { objectOf, textOf } from './loose-json.ts'
import { unknownTopic } from './order-event.ts'
import { decodeStrictly, hmac, requireHeader, requireMatch } from './signature.ts'
import type { Json, Source, VendorApi, Verified } from './source.ts'
import { readOrder } from './squarespace/order.ts'
import { stubOrder } from './stub-order.ts'

const API = 'https://api.squarespace.com'
const SIGNATURE_HEADER = 'squarespace-signature'
const TOPICS: ReadonlySet<string> = new Set(['order.create', 'order.update'])

/** Squarespace's notifications about orders, which say only which order it is. */
export const squarespace: Source = {
  name: 'squarespace',
  kind: 'order',
  /** The order is fetched first. */
  inlineBudgetMs: 0,
  needsSecret: () => true,

  async verify(request, context) {
    const given = requireHeader(request.headers, SIGNATURE_HEADER)
    const expected = liveSecrets(context).map((secret) => signatureOf(request.body, secret))
    requireMatch(SIGNATURE_HEADER, given, expected, 'hex')
    return { headers: bytesDigest(request.body), payload: decodeJsonBody(request) }
  },

  /** The notification's own id is signed with it. */
  identify(verified) {
    const identity = bytesIdentity(verified, orderIdOf(verified))
    return { ...identity, id: textOf(objectOf(verified.payload)['id']) ?? identity.id }
  },

  async enrich(verified, _context, api) {
    const orderId = orderIdOf(verified)
    const accessToken = await api.credential('accessToken')
    if (accessToken === undefined || orderId === undefined || !TOPICS.has(topicOf(verified))) return undefined
    return fetchSquarespaceOrder(orderId, accessOf(accessToken, api))
  },

  toEvent(verified, context) {
    const topic = topicOf(verified)
    if (topic === '') throw new NotUnderstoodError('topic: is missing')
    if (!TOPICS.has(topic)) return unknownTopic(topic)
    const orderId = orderIdOf(verified)
    if (orderId === undefined) throw new NotUnderstoodError('data.orderId: is not an order')
    const of = { shop: context.instance, orderId }
    if (verified.fetched === undefined) return stubOrder(of, 'accessToken')
    const order = objectOf(verified.fetched)
    if (order['testmode'] === true && !context.acceptTests)
      return { kind: 'ignored', reason: 'test-delivery' }
    return readOrder(order, of)
  },

  async *listSince(sinceMs, _context, api) {
    const access = accessOf(await requireCredential(api, 'accessToken'), api)
    for (const { id, modifiedOn } of await listSquarespaceOrders(sinceMs, access)) {
      const payload: Json = { id: `${id}-${modifiedOn}`, topic: 'order.update', data: { orderId: id } }
      const verified = { headers: bytesDigest(Buffer.from(JSON.stringify(payload))), payload }
      yield { verified, identity: squarespace.identify(verified, _context, sinceMs) }
    }
  },

  sign(body, { secret }) {
    return {
      'content-type': 'application/json',
      [SIGNATURE_HEADER]: signatureOf(body, secret).toString('hex'),
    }
  },
}

/** A subscription's secret is bytes in hex; any other text counts as it stands, so that no key is ever empty. */
function signatureOf(body: Buffer, secret: string): Buffer {
  const key = decodeStrictly(secret, 'hex')
  return hmac('sha256', key.length > 0 ? key : secret, [body])
}

function topicOf({ payload }: Verified): string {
  return textOf(objectOf(payload)['topic']) ?? ''
}

function orderIdOf({ payload }: Verified): string | undefined {
  const id = textOf(objectOf(objectOf(payload)['data'])['orderId'])
  return id !== undefined && /^[\w-]+$/.test(id) ? id : undefined
}

function accessOf(accessToken: string, { baseUrl = API, timeoutMs }: VendorApi) {
  return { baseUrl, accessToken, timeoutMs }
}

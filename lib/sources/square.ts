import { decodeJsonBody } from '../intake/json-body.ts'
import { liveSecrets } from './access.ts'
import { requireCredential } from './api/credentials.ts'
import { fetchSquareOrder, listSquareOrders, type SquareAccess } from './api/square.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { NotUnderstoodError, SignatureError } from './errors.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import { unknownTopic } from './order-event.ts'
import { hmac, matchesAnySignature, requireHeader } from './signature.ts'
import type { Json, Source, VendorApi, Verified } from './source.ts'
import { readOrder, stateOf } from './square/order.ts'
import { stubOrder } from './stub-order.ts'

const API = 'https://connect.squareup.com'
const SIGNATURE_HEADER = 'x-square-hmacsha256-signature'
const ENVIRONMENT_HEADER = 'square-environment'
const TEST_TOPIC = 'webhooks.test_notification'

/** Where each type of event has the order it is about, below `data.object`. */
const TOPICS = new Map([
  ['order.created', 'order_created'],
  ['order.updated', 'order_updated'],
  ['order.fulfillment.updated', 'order_fulfillment_updated'],
])

/** Square's events about orders, which say only which order it is and in what version. */
export const square: Source = {
  name: 'square',
  kind: 'order',
  /** The order is fetched first. */
  inlineBudgetMs: 0,
  needsSecret: () => true,

  async verify(request, context) {
    const given = requireHeader(request.headers, SIGNATURE_HEADER)
    const expected = liveSecrets(context).map((secret) => signatureOf(context.url, request.body, secret))
    if (!matchesAnySignature([given], expected, 'base64')) {
      throw new SignatureError(`${SIGNATURE_HEADER} does not match; it covers the address ${context.url}`)
    }
    const environment = request.headers[ENVIRONMENT_HEADER]
    const headers = environment === undefined ? {} : { [ENVIRONMENT_HEADER]: environment }
    return { headers: { ...headers, ...bytesDigest(request.body) }, payload: decodeJsonBody(request) }
  },

  /** The event's own id is signed with it. */
  identify(verified) {
    const identity = bytesIdentity(verified, orderIdOf(verified))
    return { ...identity, id: textOf(objectOf(verified.payload)['event_id']) ?? identity.id }
  },

  async enrich(verified, _context, api) {
    const orderId = orderIdOf(verified)
    const accessToken = await api.credential('accessToken')
    if (accessToken === undefined || orderId === undefined) return undefined
    return fetchSquareOrder(orderId, accessOf(accessToken, api))
  },

  toEvent(verified, context) {
    const topic = topicOf(verified)
    if (topic === '') throw new NotUnderstoodError('type: is missing')
    if (topic === TEST_TOPIC || (isSandbox(verified) && !context.acceptTests)) {
      return { kind: 'ignored', reason: 'test-delivery' }
    }
    if (!TOPICS.has(topic)) return unknownTopic(topic)
    const orderId = orderIdOf(verified)
    if (orderId === undefined) throw new NotUnderstoodError('data.object: names no order')
    const of = { shop: context.instance, orderId }
    if (verified.fetched !== undefined) return readOrder(objectOf(verified.fetched), of)
    return stubOrder({ ...of, state: stateOf(objectOf(changeOf(verified))['state']) }, 'accessToken')
  },

  async *listSince(sinceMs, context, api) {
    const access = accessOf(await requireCredential(api, 'accessToken'), api)
    for await (const { id, version, state } of listSquareOrders(sinceMs, access)) {
      const change = { order_id: id ?? null, version: version ?? null, state: state ?? null }
      const payload: Json = {
        type: 'order.updated',
        event_id: `${textOf(id)}-${textOf(version)}`,
        data: { object: { order_updated: change } },
      }
      const verified = { headers: bytesDigest(Buffer.from(JSON.stringify(payload))), payload }
      yield { verified, identity: square.identify(verified, context, sinceMs) }
    }
  },

  sign(body, { secret, url }) {
    const signature = signatureOf(url, body, secret).toString('base64')
    return { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature }
  },
}

/** https://developer.squareup.com/docs/webhooks/step3validate */
function signatureOf(url: string, body: Buffer, secret: string): Buffer {
  return hmac('sha256', secret, [url, body])
}

function topicOf({ payload }: Verified): string {
  return textOf(objectOf(payload)['type']) ?? ''
}

function changeOf(verified: Verified): JsonObject {
  const { object } = objectOf(objectOf(verified.payload)['data'])
  return objectOf(objectOf(object)[TOPICS.get(topicOf(verified)) ?? ''])
}

function orderIdOf(verified: Verified): string | undefined {
  const id = textOf(changeOf(verified)['order_id'])
  return id !== undefined && /^\w[\w-]*$/.test(id) ? id : undefined
}

function isSandbox({ headers }: Verified): boolean {
  return headers[ENVIRONMENT_HEADER]?.toLowerCase() === 'sandbox'
}

function accessOf(accessToken: string, { baseUrl = API, timeoutMs }: VendorApi): SquareAccess {
  return { baseUrl, accessToken, timeoutMs }
}

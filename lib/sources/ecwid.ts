import { decodeJsonBody, type JsonValue } from '../intake/json-body.ts'
import * as z from '../values/schema.ts'
import { liveSecrets } from './access.ts'
import { requireCredential } from './api/credentials.ts'
import { type EcwidAccess, fetchEcwidOrder, findEcwidOrder, listEcwidOrders } from './api/ecwid.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { readOrder, statusOf, timeOf } from './ecwid/order.ts'
import { NotUnderstoodError, VendorRefusedError } from './errors.ts'
import { firstText, objectOf, objectsOf, textOf } from './loose-json.ts'
import { optionsOf } from './options.ts'
import { type OrderOf, orderFact, unknownTopic } from './order-event.ts'
import { hmac, requireHeader, requireMatch } from './signature.ts'
import type { Json, Source, SourceContext, VendorApi, Verified } from './source.ts'
import { stubOrder } from './stub-order.ts'

const API = 'https://app.ecwid.com/api/v3'
const SIGNATURE_HEADER = 'x-ecwid-webhook-signature'
const TOPICS: ReadonlySet<string> = new Set(['order.created', 'order.updated', 'order.deleted'])

const EcwidOptions = z.strictObject({
  /** The number of the store, at the foot of its admin. */
  storeId: z.optional(z.string().check(z.regex(/^\d+$/, 'digits'))),
  /** What the store sells in: an order does not say. */
  currency: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/, 'an ISO 4217 code'))),
})

/** Ecwid's webhooks about orders. Their signature does not cover the body, which is therefore no more than a hint. */
export const ecwid: Source = {
  name: 'ecwid',
  kind: 'order',
  /** The order is fetched first. */
  inlineBudgetMs: 0,
  needsSecret: () => true,

  async verify(request, context) {
    const secrets = liveSecrets(context)
    const given = requireHeader(request.headers, SIGNATURE_HEADER)
    const payload = decodeJsonBody(request)
    const expected = secrets.map((secret) => signatureOf(payload, secret))
    requireMatch(SIGNATURE_HEADER, given, expected, 'base64')
    return { headers: bytesDigest(request.body), payload }
  },

  identify(verified) {
    return bytesIdentity(verified, orderIdOf(verified))
  },

  async enrich(verified, context, api) {
    const [topic, orderId] = [topicOf(verified), orderIdOf(verified)]
    const accessToken = await api.credential('accessToken')
    if (accessToken === undefined || orderId === undefined || !TOPICS.has(topic)) return undefined
    const access = accessOf(accessToken, context, api)
    return topic === 'order.deleted' ? findEcwidOrder(orderId, access) : fetchEcwidOrder(orderId, access)
  },

  toEvent(verified, context) {
    const topic = topicOf(verified)
    if (topic === '') throw new NotUnderstoodError('eventType: is missing')
    if (!TOPICS.has(topic)) return unknownTopic(topic)
    const orderId = orderIdOf(verified)
    if (orderId === undefined) throw new NotUnderstoodError('entityId: is not an order')
    const of = { shop: context.instance, orderId, ...urlOf(orderId, context) }
    if (topic === 'order.deleted') return deleted(verified, of, context)
    if (verified.fetched === undefined) return stubOrder({ ...of, ...hintOf(verified) }, 'accessToken')
    return readOrder(objectOf(verified.fetched), of, currencyOf(context))
  },

  async *listSince(sinceMs, context, api) {
    const access = accessOf(await requireCredential(api, 'accessToken'), context, api)
    for (const order of await listEcwidOrders(sinceMs, access)) {
      const payload: Json = {
        eventType: 'order.updated',
        entityId: order['orderNumber'] ?? null,
        data: { orderId: firstText(order['id'], order['orderNumber']) ?? null },
        updated: timeOf(order['updateDate']) ?? null,
      }
      const verified = { headers: bytesDigest(Buffer.from(JSON.stringify(payload))), payload }
      yield { verified, identity: bytesIdentity(verified, orderIdOf(verified)) }
    }
  },

  sign(body, { secret }) {
    const signature = signatureOf(JSON.parse(body.toString('utf8')) as JsonValue, secret)
    return { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature.toString('base64') }
  },
}

/** https://docs.ecwid.com/webhooks: `eventCreated.eventId`, nothing else of the body. */
function signatureOf(payload: JsonValue, secret: string): Buffer {
  const { eventCreated, eventId } = objectOf(payload)
  return hmac('sha256', secret, [`${textOf(eventCreated) ?? ''}.${textOf(eventId) ?? ''}`])
}

/** What is said to be deleted and is still there is not deleted. */
function deleted({ fetched }: Verified, of: OrderOf, context: SourceContext) {
  const [order] = objectsOf(objectOf(fetched)['items'])
  if (order !== undefined) return readOrder(order, of, currencyOf(context))
  const { shop, orderId } = of
  return orderFact({
    kind: 'order',
    shop,
    orderId,
    standing: { is: 'fact', name: 'deleted' },
    attributes: [],
  })
}

function hintOf({ payload }: Verified) {
  const { newPaymentStatus, newFulfillmentStatus } = objectOf(objectOf(payload)['data'])
  return statusOf(newPaymentStatus, newFulfillmentStatus)
}

function topicOf({ payload }: Verified): string {
  return textOf(objectOf(payload)['eventType']) ?? ''
}

/** `entityId` is the order's number, or -1 for an app; since 2020 `data.orderId` is its id. */
function orderIdOf({ payload }: Verified): string | undefined {
  const id = firstText(objectOf(objectOf(payload)['data'])['orderId'], objectOf(payload)['entityId'])
  return id !== undefined && /^\w[\w-]*$/.test(id) ? id : undefined
}

function currencyOf(context: SourceContext): string {
  const { currency } = optionsOf(EcwidOptions, context)
  if (currency === undefined) throw new NotUnderstoodError('options.currency: is not configured')
  return currency
}

function accessOf(accessToken: string, context: SourceContext, api: VendorApi): EcwidAccess {
  const { storeId } = optionsOf(EcwidOptions, context)
  if (storeId === undefined) {
    throw new VendorRefusedError(`options of "${context.instance}": storeId is not configured`)
  }
  return { baseUrl: api.baseUrl ?? API, storeId, accessToken, timeoutMs: api.timeoutMs }
}

function urlOf(orderId: string, context: SourceContext): { readonly url?: string } {
  const { storeId } = optionsOf(EcwidOptions, context)
  return storeId === undefined ? {} : { url: `https://my.ecwid.com/store/${storeId}#order:id=${orderId}` }
}

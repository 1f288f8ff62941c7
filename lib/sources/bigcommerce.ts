import { decodeJsonBody } from '../intake/json-body.ts'
import * as z from '../values/schema.ts'
import { type BigCommerceAccess, fetchBigCommerceOrder, listBigCommerceOrders } from './api/bigcommerce.ts'
import { requireCredential } from './api/credentials.ts'
import { readOrder, stateOf, timeOf } from './bigcommerce/order.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { NotUnderstoodError, VendorRefusedError } from './errors.ts'
import { STANDARD_V1 } from './generic/standard-scheme.ts'
import { firstText, type JsonObject, objectOf, textOf } from './loose-json.ts'
import { optionsOf } from './options.ts'
import { unknownTopic } from './order-event.ts'
import { orToken, signedBy } from './proof.ts'
import type { Json, Source, SourceContext, VendorApi, Verified } from './source.ts'
import { stubOrder } from './stub-order.ts'

const API = 'https://api.bigcommerce.com'

/** Where hooks are signed, the key is the client secret of the app that made the hook, as text. */
const proof = orToken(STANDARD_V1.header, signedBy({ ...STANDARD_V1, key: { prefix: '', encoding: 'utf8' } }))

const BigCommerceOptions = z.strictObject({
  /** The store's own part of its addresses, `https://store-<hash>.mybigcommerce.com`: where its API and its orders are. */
  storeHash: z.optional(z.string().check(z.regex(/^[a-z0-9]+$/, 'letters and digits'))),
})

/** BigCommerce's webhooks about orders, which say only which order it is. */
export const bigcommerce: Source = {
  name: 'bigcommerce',
  kind: 'order',
  /** The order is fetched first. */
  inlineBudgetMs: 0,
  needsSecret: () => true,

  async verify(request, context, nowMs) {
    proof.verify(request, context, nowMs)
    return { headers: bytesDigest(request.body), payload: decodeJsonBody(request) }
  },

  identify(verified) {
    return bytesIdentity(verified, orderIdOf(verified))
  },

  async enrich(verified, context, api) {
    const orderId = orderIdOf(verified)
    const accessToken = await api.credential('accessToken')
    if (accessToken === undefined || orderId === undefined || topicOf(verified) === undefined)
      return undefined
    return fetchBigCommerceOrder(orderId, accessOf(accessToken, context, api))
  },

  toEvent(verified, context) {
    const payload = objectOf(verified.payload)
    const topic = topicOf(verified)
    if (topic === undefined) return ignored(payload)
    const orderId = orderIdOf(verified)
    if (orderId === undefined) throw new NotUnderstoodError('data: names no order')
    const of = { shop: context.instance, orderId, ...urlOf(orderId, context) }
    const fact = topic === 'refund/created' ? 'refunded' : undefined
    if (verified.fetched !== undefined) return readOrder(objectOf(verified.fetched), of, fact)
    const status = objectOf(objectOf(payload['data'])['status'])['new_status_id']
    return stubOrder({ ...of, state: stateOf(status) }, 'accessToken', fact)
  },

  async *listSince(sinceMs, context, api) {
    const accessToken = await requireCredential(api, 'accessToken')
    for await (const order of listBigCommerceOrders(sinceMs, accessOf(accessToken, context, api))) {
      const payload: Json = {
        scope: 'store/order/updated',
        data: { type: 'order', id: order['id'] ?? null },
        created_at: timeOf(order['date_modified']) ?? null,
      }
      const verified = { headers: bytesDigest(Buffer.from(JSON.stringify(payload))), payload }
      yield { verified, identity: bytesIdentity(verified, orderIdOf(verified)) }
    }
  },

  sign(body, signing) {
    return { 'content-type': 'application/json', ...proof.sign(body, signing) }
  },
}

/** What changes an order: `store/order/created`, `store/channel/1/order/updated`, … */
const SCOPE =
  /^store\/(?:channel\/\d+\/)?order\/(created|updated|archived|statusUpdated|refund\/created|transaction\/(?:created|updated))$/

function topicOf({ payload }: Verified): string | undefined {
  return SCOPE.exec(textOf(objectOf(payload)['scope']) ?? '')?.[1]
}

function ignored(payload: JsonObject) {
  const scope = textOf(payload['scope'])
  if (scope === undefined) throw new NotUnderstoodError('scope: is missing')
  return unknownTopic(scope)
}

/** Where it is a transaction or a channel's order that is told of, `id` is not the order's. */
function orderIdOf({ payload }: Verified): string | undefined {
  const data = objectOf(objectOf(payload)['data'])
  const id = firstText(data['order_id'], data['type'] === 'order' ? data['id'] : undefined)
  return id !== undefined && /^\d+$/.test(id) ? id : undefined
}

function accessOf(accessToken: string, context: SourceContext, api: VendorApi): BigCommerceAccess {
  const { storeHash } = optionsOf(BigCommerceOptions, context)
  if (storeHash === undefined) {
    throw new VendorRefusedError(`options of "${context.instance}": storeHash is not configured`)
  }
  return { baseUrl: api.baseUrl ?? API, storeHash, accessToken, timeoutMs: api.timeoutMs }
}

function urlOf(orderId: string, context: SourceContext): { readonly url?: string } {
  const { storeHash } = optionsOf(BigCommerceOptions, context)
  return storeHash === undefined
    ? {}
    : { url: `https://store-${storeHash}.mybigcommerce.com/manage/orders/${orderId}` }
}

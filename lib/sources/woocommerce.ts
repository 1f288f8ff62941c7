import type { Order } from '../events/order.ts'
import { decodeJsonBody } from '../intake/json-body.ts'
import * as z from '../values/schema.ts'
import { singleLine } from '../values/text.ts'
import { liveSecrets } from './access.ts'
import { requireCredential } from './api/credentials.ts'
import { listWooCommerceOrders } from './api/woocommerce.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { NotUnderstoodError, VendorRefusedError } from './errors.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import { optionsOf } from './options.ts'
import { type OrderOf, orderFact, unknownTopic } from './order-event.ts'
import { hmac, requireHeader, requireMatch } from './signature.ts'
import type { Identity, Source, SourceContext, VendorApi, Verified } from './source.ts'
import { readOrder } from './woocommerce/order.ts'

const SIGNATURE_HEADER = 'x-wc-webhook-signature'
const TOPIC_HEADER = 'x-wc-webhook-topic'

const WooCommerceOptions = z.strictObject({
  /** The address of the site, with the folder WordPress lies in: where its API is and people find an order. */
  site: z.optional(
    z.pipe(
      z.url({ protocol: /^https?$/ }),
      z.transform((url) => url.replace(/\/+$/, '')),
    ),
  ),
})

/** WooCommerce's webhooks about orders. */
export const woocommerce: Source = {
  name: 'woocommerce',
  kind: 'order',
  /** It waits for 60 s and never tries again; the receipt is stored long before. */
  inlineBudgetMs: 10_000,
  needsSecret: () => true,

  /** When a webhook is saved WooCommerce posts its id, unsigned, and wants exactly 200 (WC_Webhook::deliver_ping). */
  handshake({ headers, body }) {
    const isPing =
      headers[SIGNATURE_HEADER] === undefined && /^webhook_id=\d{1,20}$/.test(body.toString('latin1'))
    return isPing ? { status: 200, body: '' } : undefined
  },

  async verify(request, context) {
    const expected = liveSecrets(context).map((secret) => signatureOf(request.body, secret))
    const given = requireHeader(request.headers, SIGNATURE_HEADER)
    requireMatch(SIGNATURE_HEADER, given, expected, 'base64')
    return {
      headers: { [TOPIC_HEADER]: request.headers[TOPIC_HEADER] ?? '', ...bytesDigest(request.body) },
      payload: decodeJsonBody(request),
    }
  },

  identify: identityOf,

  toEvent(verified, context) {
    const name = topicOf(verified)
    const topic = TOPICS.get(name)
    if (topic === undefined) return unknownTopic(name)
    const body = objectOf(verified.payload)
    const orderId = topic.subject(body)
    if (orderId === undefined) throw new NotUnderstoodError(`the body is not one of the topic ${name}`)
    return topic.read(body, { shop: context.instance, orderId, ...urlOf(orderId, context) })
  },

  async *listSince(sinceMs, context, api) {
    const access = { ...(await accessOf(context, api)), timeoutMs: api.timeoutMs }
    for await (const payload of listWooCommerceOrders(sinceMs, access)) {
      const headers = {
        [TOPIC_HEADER]: 'order.updated',
        ...bytesDigest(Buffer.from(JSON.stringify(payload))),
      }
      const verified = { headers, payload }
      yield { verified, identity: identityOf(verified) }
    }
  },

  sign(body, { secret, deliveryId }) {
    return {
      'content-type': 'application/json',
      'x-wc-webhook-delivery-id': deliveryId,
      [SIGNATURE_HEADER]: signatureOf(body, secret).toString('base64'),
    }
  },
}

type Topic = {
  /** The order's id; undefined when the body has not the topic's shape. */
  readonly subject: (body: JsonObject) => string | undefined
  readonly read: (body: JsonObject, of: OrderOf) => Order
}

const order: Topic = {
  subject: (body) => (Array.isArray(body['line_items']) && 'status' in body ? textOf(body['id']) : undefined),
  read: (body, of) => readOrder(body, { ...of, isRestored: false }),
}

const deletion: Topic = {
  subject: (body) => ('line_items' in body ? undefined : textOf(body['id'])),
  read: (_, { shop, orderId }) =>
    orderFact({ kind: 'order', shop, orderId, standing: { is: 'fact', name: 'deleted' }, attributes: [] }),
}

const RESTORED = 'order.restored'

const TOPICS: ReadonlyMap<string, Topic> = new Map([
  ['order.created', order],
  ['order.updated', order],
  [RESTORED, { ...order, read: (body, of) => readOrder(body, { ...of, isRestored: true }) }],
  ['order.deleted', deletion],
])

/**
 * The secret is stored with its special characters escaped and signs unescaped (WC_Webhook::generate_signature,
 * wp_specialchars_decode).
 */
function signatureOf(body: Buffer, secret: string): Buffer {
  const key = secret
    .replace(/&(lt|#0*60);/g, '<')
    .replace(/&(gt|#0*62);/g, '>')
    .replace(/&(quot|#0*34);/g, '"')
    .replace(/&#0*39;/g, "'")
    .replace(/&(amp|#0*38);/g, '&')
  return hmac('sha256', key, [body])
}

/**
 * The delivery's id is not signed and not unique. That an order came back from the trash is said by the topic alone, and
 * an update may have the same bytes: such a delivery is one of its own.
 */
function identityOf(verified: Verified): Identity {
  const topic = topicOf(verified)
  const subject = TOPICS.get(topic)?.subject(objectOf(verified.payload))
  const { id, ...rest } = bytesIdentity(verified, subject)
  return { id: topic === RESTORED ? `${id}-restored` : id, ...rest }
}

function topicOf({ headers }: Verified): string {
  return singleLine(headers[TOPIC_HEADER] ?? '')
}

function urlOf(orderId: string, context: SourceContext): { readonly url?: string } {
  const { site } = optionsOf(WooCommerceOptions, context)
  if (site === undefined) return {}
  return { url: `${site}/wp-admin/post.php?post=${encodeURIComponent(orderId)}&action=edit` }
}

async function accessOf(context: SourceContext, api: VendorApi) {
  const { site } = optionsOf(WooCommerceOptions, context)
  const baseUrl = api.baseUrl ?? site
  if (baseUrl === undefined) {
    throw new VendorRefusedError(
      `options of "${context.instance}": site is not configured, so nothing can be listed`,
    )
  }
  const [consumerKey, consumerSecret] = await Promise.all([
    requireCredential(api, 'consumerKey'),
    requireCredential(api, 'consumerSecret'),
  ])
  return { baseUrl, consumerKey, consumerSecret }
}

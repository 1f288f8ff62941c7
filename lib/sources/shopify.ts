import { decodeJsonBody } from '../intake/json-body.ts'
import * as z from '../values/schema.ts'
import { singleLine } from '../values/text.ts'
import { liveSecrets } from './access.ts'
import { requireCredential } from './api/credentials.ts'
import { listShopifyOrders } from './api/shopify.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { NotUnderstoodError, VendorRefusedError } from './errors.ts'
import { objectOf } from './loose-json.ts'
import { optionsOf } from './options.ts'
import { unknownTopic } from './order-event.ts'
import { TOPICS } from './shopify/topics.ts'
import { hmac, requireHeader, requireMatch } from './signature.ts'
import type { Source, SourceContext, VendorApi, Verified } from './source.ts'

const SIGNATURE_HEADER = 'x-shopify-hmac-sha256'
const TOPIC_HEADER = 'x-shopify-topic'
const TEST_HEADER = 'x-shopify-test'

const ShopifyOptions = z.strictObject({
  /** The shop's own domain: where its API is and people find an order. */
  shop: z.optional(
    z
      .string()
      .check(z.regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, 'a domain such as my-shop.myshopify.com')),
  ),
})

/** Shopify's webhooks about orders, refunds and draft orders, in JSON. */
export const shopify: Source = {
  name: 'shopify',
  kind: 'order',
  /** 5 s in all, of which 1 s to connect. */
  inlineBudgetMs: 0,
  needsSecret: () => true,

  async verify(request, context) {
    const expected = liveSecrets(context).map((secret) => signatureOf(request.body, secret))
    const given = requireHeader(request.headers, SIGNATURE_HEADER)
    requireMatch(SIGNATURE_HEADER, given, expected, 'base64')
    return {
      headers: { ...headersOf(request.headers), ...bytesDigest(request.body) },
      payload: decodeJsonBody(request),
    }
  },

  identify(verified) {
    return bytesIdentity(verified, subjectOf(verified))
  },

  toEvent(verified, context) {
    const name = singleLine(verified.headers[TOPIC_HEADER] ?? '')
    const topic = TOPICS.get(name)
    if (topic === undefined) return unknownTopic(name)
    if (isTest(verified) && !context.acceptTests) return { kind: 'ignored', reason: 'test-delivery' }
    const orderId = subjectOf(verified)
    if (orderId === undefined) throw new NotUnderstoodError(`the body is not one of the topic ${name}`)
    return topic.read(objectOf(verified.payload), {
      shop: context.instance,
      orderId,
      ...urlOf(orderId, context),
    })
  },

  async *listSince(sinceMs, context, api) {
    const credentials = {
      accessToken: await requireCredential(api, 'accessToken'),
      baseUrl: baseUrlOf(context, api),
    }
    for await (const payload of listShopifyOrders(sinceMs, { ...credentials, timeoutMs: api.timeoutMs })) {
      const headers = {
        [TOPIC_HEADER]: 'orders/updated',
        ...bytesDigest(Buffer.from(JSON.stringify(payload))),
      }
      const verified = { headers, payload }
      yield { verified, identity: bytesIdentity(verified, subjectOf(verified)) }
    }
  },

  sign(body, { secret, deliveryId }) {
    return {
      'content-type': 'application/json',
      'x-shopify-webhook-id': deliveryId,
      [SIGNATURE_HEADER]: signatureOf(body, secret).toString('base64'),
    }
  },
}

/** https://shopify.dev/docs/apps/build/webhooks/verify-deliveries */
function signatureOf(body: Buffer, secret: string): Buffer {
  return hmac('sha256', secret, [body])
}

function headersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = [TOPIC_HEADER, TEST_HEADER].map((name) => [name, headers[name]] as const)
  return Object.fromEntries(kept.filter((header): header is [string, string] => header[1] !== undefined))
}

function subjectOf({ headers, payload }: Verified): string | undefined {
  return TOPICS.get(singleLine(headers[TOPIC_HEADER] ?? ''))?.subject(objectOf(payload))
}

/** A notification sent by hand from the admin, or an order of a shop whose payments are tests. */
function isTest({ headers, payload }: Verified): boolean {
  return headers[TEST_HEADER] === 'true' || objectOf(payload)['test'] === true
}

function urlOf(orderId: string, context: SourceContext): { readonly url?: string } {
  const { shop } = optionsOf(ShopifyOptions, context)
  const path = orderId.replace(/^draft-/, '')
  const folder = path === orderId ? 'orders' : 'draft_orders'
  return shop === undefined ? {} : { url: `https://${shop}/admin/${folder}/${encodeURIComponent(path)}` }
}

function baseUrlOf(context: SourceContext, { baseUrl }: VendorApi): string {
  const { shop } = optionsOf(ShopifyOptions, context)
  if (baseUrl !== undefined) return baseUrl
  if (shop !== undefined) return `https://${shop}`
  throw new VendorRefusedError(
    `options of "${context.instance}": shop is not configured, so nothing can be listed`,
  )
}

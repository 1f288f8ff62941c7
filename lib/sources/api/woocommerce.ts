import { VendorUnavailableError } from '../errors.ts'
import { type JsonObject, objectsOf, textOf } from '../loose-json.ts'
import { apiUrl, askJson } from './http.ts'

const API_PATH = '/wp-json/wc/v3'
/** Of at most 100: an answer stays below the limits of size and keys. */
const ROWS_PER_PAGE = 50

export type WooCommerceAccess = {
  /** The site's address, with the folder WordPress lies in. https: only there are the keys taken from a header. */
  readonly baseUrl: string
  /** Of a REST API key that may read. */
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly timeoutMs: number
}

export type WooCommerceWebhook = {
  readonly id: string
  readonly name: string
  readonly topic: string
  readonly deliveryUrl: string
  /** `disabled`: after more than five failures in a row WooCommerce gives up without a word. */
  readonly status: 'active' | 'paused' | 'disabled'
}

/**
 * The orders changed since an instant, in the order of their ids: an order that changes meanwhile moves others to a later
 * page, never to an earlier one, so that none is missed.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export function listWooCommerceOrders(
  sinceMs: number,
  access: WooCommerceAccess,
): AsyncGenerator<JsonObject> {
  return rows(access, '/orders', {
    modified_after: new Date(sinceMs).toISOString(),
    dates_are_gmt: 'true',
    status: 'any',
    orderby: 'id',
    order: 'asc',
  })
}

/**
 * The site's webhooks, whatever they are for.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function listWooCommerceWebhooks(access: WooCommerceAccess): Promise<WooCommerceWebhook[]> {
  const webhooks = await Array.fromAsync(rows(access, '/webhooks', {}))
  return webhooks.map((webhook) => ({
    id: textOf(webhook['id']) ?? '',
    name: textOf(webhook['name']) ?? '',
    topic: textOf(webhook['topic']) ?? '',
    deliveryUrl: textOf(webhook['delivery_url']) ?? '',
    status: statusOf(textOf(webhook['status'])),
  }))
}

function statusOf(status: string | undefined): WooCommerceWebhook['status'] {
  return status === 'active' || status === 'paused' ? status : 'disabled'
}

async function* rows(
  access: WooCommerceAccess,
  path: string,
  filter: Readonly<Record<string, string>>,
): AsyncGenerator<JsonObject> {
  const { baseUrl, consumerKey, consumerSecret, timeoutMs } = access
  const basic = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')
  for (let page = 1, isLast = false; !isLast; page += 1) {
    const query = { ...filter, per_page: String(ROWS_PER_PAGE), page: String(page) }
    const { body } = await askJson({
      url: apiUrl(baseUrl, `${API_PATH}${path}`, query),
      headers: { authorization: `Basic ${basic}` },
      timeoutMs,
    })
    if (!Array.isArray(body)) throw new VendorUnavailableError(`GET ${path} did not answer with a list`)
    const found = objectsOf(body)
    yield* found
    isLast = found.length < ROWS_PER_PAGE
  }
}

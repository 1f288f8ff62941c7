import { decodeJsonText } from '../../intake/json-body.ts'
import { VendorUnavailableError } from '../errors.ts'
import { type JsonObject, objectOf, objectsOf } from '../loose-json.ts'
import type { Json } from '../source.ts'
import { apiUrl, askText } from './http.ts'
import { timeLeft } from './time-left.ts'

const PRODUCTS_PER_PAGE = 250
const ORDERS_PER_PAGE = 50

export type BigCommerceAccess = {
  /** `https://api.bigcommerce.com` */
  readonly baseUrl: string
  readonly storeHash: string
  /** Of an API account with the scope "Orders: read-only". */
  readonly accessToken: string
  readonly timeoutMs: number
}

/**
 * An order with what the API keeps under addresses of their own
 * (https://developer.bigcommerce.com/docs/rest-management/orders).
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function fetchBigCommerceOrder(orderId: string, access: BigCommerceAccess): Promise<JsonObject> {
  const left = timeLeft(access.timeoutMs)
  const path = `orders/${encodeURIComponent(orderId)}`
  const list = (name: string) =>
    Array.fromAsync(pages(`${path}/${name}`, {}, PRODUCTS_PER_PAGE, access, left))
  const [order, products, shippingAddresses, coupons] = await Promise.all([
    ask(path, {}, access, left()),
    list('products'),
    list('shipping_addresses'),
    list('coupons'),
  ])
  return { order: objectOf(order), products, shippingAddresses, coupons }
}

/**
 * The orders changed since an instant, in the order of their changes.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export function listBigCommerceOrders(sinceMs: number, access: BigCommerceAccess): AsyncIterable<JsonObject> {
  const query = { min_date_modified: new Date(sinceMs).toISOString(), sort: 'date_modified:asc' }
  return pages('orders', query, ORDERS_PER_PAGE, access, () => access.timeoutMs)
}

type Query = Readonly<Record<string, string>>

async function* pages(
  path: string,
  query: Query,
  perPage: number,
  access: BigCommerceAccess,
  left: () => number,
): AsyncGenerator<JsonObject> {
  for (let page = 1; ; page += 1) {
    const paged = { ...query, limit: String(perPage), page: String(page) }
    const found = objectsOf(await ask(path, paged, access, left()))
    yield* found
    if (found.length < perPage) return
  }
}

/** Version 2 answers 204 without a body where a list is empty. */
async function ask(path: string, query: Query, access: BigCommerceAccess, timeoutMs: number): Promise<Json> {
  const url = apiUrl(access.baseUrl, `stores/${encodeURIComponent(access.storeHash)}/v2/${path}`, query)
  const headers = { accept: 'application/json', 'x-auth-token': access.accessToken }
  const { body } = await askText({ url, headers, timeoutMs })
  if (body.trim() === '') return []
  try {
    return decodeJsonText(body)
  } catch (cause) {
    throw new VendorUnavailableError('BigCommerce did not answer with JSON', undefined, { cause })
  }
}

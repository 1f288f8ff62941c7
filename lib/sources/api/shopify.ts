import { type JsonObject, objectOf, objectsOf } from '../loose-json.ts'
import { apiUrl, askJson } from './http.ts'

/** The newest whose orders we know; when Shopify no longer serves it, it answers as its oldest. */
const ORDERS_PATH = '/admin/api/2024-10/orders.json'
/** Of at most 250: an answer stays below the limits of size and keys. */
const ORDERS_PER_PAGE = '50'

export type ShopifyAccess = {
  /** `https://shop.myshopify.com` */
  readonly baseUrl: string
  /** Of a custom app with the scope `read_orders`. */
  readonly accessToken: string
  readonly timeoutMs: number
}

/**
 * The orders changed since an instant, in the order of their changes. A page names the next by a cursor in the Link
 * header, beside which Shopify allows no filter (https://shopify.dev/docs/api/usage/pagination-rest).
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function* listShopifyOrders(sinceMs: number, access: ShopifyAccess): AsyncGenerator<JsonObject> {
  const filter = { status: 'any', updated_at_min: new Date(sinceMs).toISOString(), order: 'updated_at asc' }
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const query = cursor === '' ? filter : { page_info: cursor }
    const { headers, body } = await askJson({
      url: apiUrl(access.baseUrl, ORDERS_PATH, { limit: ORDERS_PER_PAGE, ...query }),
      headers: { 'x-shopify-access-token': access.accessToken },
      timeoutMs: access.timeoutMs,
    })
    yield* objectsOf(objectOf(body)['orders'])
    cursor = nextCursor(headers.get('link') ?? '')
  }
}

/** Only the cursor is taken from the vendor's link; the address stays the configured one. */
function nextCursor(link: string): string | undefined {
  const next = link.split(',').find((part) => /rel="?next"?/.test(part))
  const url = /<([^>]*)>/.exec(next ?? '')?.[1]
  return url === undefined ? undefined : (URL.parse(url)?.searchParams.get('page_info') ?? undefined)
}

import { instantOf, type JsonObject, objectOf, objectsOf, textOf } from '../loose-json.ts'
import { apiUrl, askJson } from './http.ts'

const ORDERS_PATH = '1.0/commerce/orders'
/** Squarespace refuses requests without one. */
const USER_AGENT = 'sage-crm-functions'

type Access = {
  /** `https://api.squarespace.com` */
  readonly baseUrl: string
  /** An API key with the permission Orders: read, or the token of an app with `website.orders.read`. */
  readonly accessToken: string
  readonly timeoutMs: number
}

/**
 * https://developers.squarespace.com/commerce-apis/retrieve-specific-order
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function fetchSquarespaceOrder(orderId: string, access: Access): Promise<JsonObject> {
  return ask(`${ORDERS_PATH}/${encodeURIComponent(orderId)}`, {}, access)
}

/**
 * The orders changed since an instant, the oldest change first: the API tells the newest first. A page names the next by
 * a cursor, beside which no filter is allowed.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function listSquarespaceOrders(
  sinceMs: number,
  access: Access,
  nowMs = Date.now(),
): Promise<readonly { readonly id: string; readonly modifiedOn: string }[]> {
  const between = {
    modifiedAfter: new Date(sinceMs).toISOString(),
    modifiedBefore: new Date(nowMs).toISOString(),
  }
  const found: { id: string; modifiedOn: string }[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { result, pagination }: JsonObject = await ask(
      ORDERS_PATH,
      cursor === '' ? between : { cursor },
      access,
    )
    for (const order of objectsOf(result)) {
      const [id, modifiedOn] = [textOf(order['id']), instantOf(order['modifiedOn'])]
      if (id !== undefined && modifiedOn !== undefined) found.push({ id, modifiedOn })
    }
    const page = objectOf(pagination)
    cursor = page['hasNextPage'] === true ? textOf(page['nextPageCursor']) : undefined
  }
  return found.toSorted((one, other) => (one.modifiedOn < other.modifiedOn ? -1 : 1))
}

async function ask(
  path: string,
  query: Readonly<Record<string, string>>,
  { baseUrl, accessToken, timeoutMs }: Access,
): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${accessToken}`, 'user-agent': USER_AGENT }
  const { body } = await askJson({ url: apiUrl(baseUrl, path, query), headers, timeoutMs })
  return objectOf(body)
}

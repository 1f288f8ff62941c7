import { type JsonObject, objectOf, objectsOf } from '../loose-json.ts'
import { apiUrl, askJson } from './http.ts'

const ORDERS_PER_PAGE = 100

export type EcwidAccess = {
  /** `https://app.ecwid.com/api/v3` */
  readonly baseUrl: string
  readonly storeId: string
  /** Of an app with the scope `read_orders`. */
  readonly accessToken: string
  readonly timeoutMs: number
}

/**
 * https://docs.ecwid.com/api-reference/rest-api/orders/get-order
 * @throws VendorUnavailableError, VendorRefusedError
 */
export function fetchEcwidOrder(orderId: string, access: EcwidAccess): Promise<JsonObject> {
  return ask(`orders/${encodeURIComponent(orderId)}`, {}, access)
}

/**
 * `{ items: [order] }`; without items when there is no such order (any more), which is an answer and no failure.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export function findEcwidOrder(orderId: string, access: EcwidAccess): Promise<JsonObject> {
  return ask('orders', { ids: orderId }, access)
}

/**
 * The orders changed since an instant, the oldest change first: the API sorts by the time they were placed.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function listEcwidOrders(sinceMs: number, access: EcwidAccess): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = []
  for (let offset = 0; ; offset += ORDERS_PER_PAGE) {
    const query = {
      updatedFrom: String(Math.floor(sinceMs / 1000)),
      limit: String(ORDERS_PER_PAGE),
      offset: String(offset),
      responseFields: 'items(id,orderNumber,updateDate,updateTimestamp)',
    }
    const page = objectsOf((await ask('orders', query, access))['items'])
    found.push(...page)
    if (page.length < ORDERS_PER_PAGE) break
  }
  return found.toSorted((one, other) => Number(one['updateTimestamp']) - Number(other['updateTimestamp']))
}

async function ask(
  path: string,
  query: Readonly<Record<string, string>>,
  { baseUrl, storeId, accessToken, timeoutMs }: EcwidAccess,
): Promise<JsonObject> {
  const url = apiUrl(baseUrl, `${storeId}/${path}`, query)
  const { body } = await askJson({ url, headers: { authorization: `Bearer ${accessToken}` }, timeoutMs })
  return objectOf(body)
}

import { VendorRefusedError } from '../errors.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from '../loose-json.ts'
import { apiUrl, askJson } from './http.ts'
import { timeLeft } from './time-left.ts'

const ORDERS_PER_PAGE = 100
/** What a search takes (https://developer.squareup.com/reference/square/orders-api/search-orders). */
const LOCATIONS_PER_SEARCH = 10

export type SquareAccess = {
  /** `https://connect.squareup.com` */
  readonly baseUrl: string
  /** With the permissions ORDERS_READ, CUSTOMERS_READ and MERCHANT_PROFILE_READ. */
  readonly accessToken: string
  readonly timeoutMs: number
}

/**
 * `{ order, customer }`; without a customer where the order names none, or our token may not read it.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function fetchSquareOrder(orderId: string, access: SquareAccess): Promise<JsonObject> {
  const left = timeLeft(access.timeoutMs)
  const answer = await ask(`v2/orders/${encodeURIComponent(orderId)}`, access, left())
  const order = objectOf(answer['order'])
  const customerId = textOf(order['customer_id'])
  const customer = customerId === undefined ? undefined : await fetchCustomer(customerId, access, left())
  return { order, ...(customer !== undefined && { customer }) }
}

/** An order is worth more than the name of who placed it. */
async function fetchCustomer(id: string, access: SquareAccess, timeoutMs: number) {
  try {
    return objectOf((await ask(`v2/customers/${encodeURIComponent(id)}`, access, timeoutMs))['customer'])
  } catch (error) {
    if (error instanceof VendorRefusedError) return undefined
    throw error
  }
}

/**
 * The orders changed since an instant, of ten locations at a time in the order of their changes.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function* listSquareOrders(sinceMs: number, access: SquareAccess): AsyncGenerator<JsonObject> {
  const { locations } = await ask('v2/locations', access, access.timeoutMs)
  const ids = objectsOf(locations).flatMap(({ id }) => textOf(id) ?? [])
  for (let first = 0; first < ids.length; first += LOCATIONS_PER_SEARCH) {
    yield* search(ids.slice(first, first + LOCATIONS_PER_SEARCH), sinceMs, access)
  }
}

async function* search(
  locationIds: readonly string[],
  sinceMs: number,
  access: SquareAccess,
): AsyncGenerator<JsonObject> {
  const query = {
    filter: { date_time_filter: { updated_at: { start_at: new Date(sinceMs).toISOString() } } },
    sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' },
  }
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const paged = cursor === '' ? {} : { cursor }
    const body = JSON.stringify({ location_ids: locationIds, query, limit: ORDERS_PER_PAGE, ...paged })
    const page: JsonObject = await ask('v2/orders/search', access, access.timeoutMs, body)
    yield* objectsOf(page['orders'])
    cursor = textOf(page['cursor'])
  }
}

async function ask(
  path: string,
  { baseUrl, accessToken }: SquareAccess,
  timeoutMs: number,
  body?: string,
): Promise<JsonObject> {
  const answer = await askJson({
    url: apiUrl(baseUrl, path),
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    timeoutMs,
    ...(body !== undefined && { method: 'POST', body }),
  })
  return objectOf(answer.body)
}

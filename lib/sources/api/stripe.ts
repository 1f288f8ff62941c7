import { VendorUnavailableError } from '../errors.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from '../loose-json.ts'
import { apiUrl, askJson } from './http.ts'
import { timeLeft } from './time-left.ts'

/** Pinned, so that an upgrade of the account changes no answer. */
const API_VERSION = '2024-06-20'
const ROWS_PER_PAGE = '100'

export type StripeAccess = {
  readonly baseUrl: string
  /** `sk_…`, or `rk_…` that may read Checkout Sessions and Events. */
  readonly secretKey: string
  /** Of all the lines of a session together; of each page of events. */
  readonly timeoutMs: number
}

/**
 * The line items of a Checkout Session, each with its price and product.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export function listStripeLineItems(session: string, access: StripeAccess): Promise<JsonObject[]> {
  const path = `/v1/checkout/sessions/${encodeURIComponent(session)}/line_items`
  return Array.fromAsync(rows(access, path, [['expand[]', 'data.price.product']], timeLeft(access.timeoutMs)))
}

/**
 * The events of these types since an instant, oldest first. Stripe lists the newest first and keeps them for 30 days.
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function listStripeEvents(
  sinceMs: number,
  types: readonly string[],
  access: StripeAccess,
): Promise<JsonObject[]> {
  const since = ['created[gte]', String(Math.floor(sinceMs / 1000))] as const
  const wanted = types.map((type) => ['types[]', type] as const)
  const newestFirst = await Array.fromAsync(
    rows(access, '/v1/events', [since, ...wanted], () => access.timeoutMs),
  )
  return newestFirst.toReversed()
}

/** https://docs.stripe.com/api/pagination */
async function* rows(
  { baseUrl, secretKey }: StripeAccess,
  path: string,
  query: readonly (readonly [string, string])[],
  timeoutMs: () => number,
): AsyncGenerator<JsonObject> {
  const headers = { authorization: `Bearer ${secretKey}`, 'stripe-version': API_VERSION }
  for (let after: string | undefined, isLast = false; !isLast; ) {
    const url = apiUrl(baseUrl, path, { limit: ROWS_PER_PAGE, starting_after: after })
    for (const [name, value] of query) url.searchParams.append(name, value)
    const page = objectOf((await askJson({ url, headers, timeoutMs: timeoutMs() })).body)
    if (!Array.isArray(page['data']))
      throw new VendorUnavailableError(`GET ${path} did not answer with a list`)
    const found = objectsOf(page['data'])
    yield* found
    after = textOf(found.at(-1)?.['id'])
    isLast = page['has_more'] !== true || after === undefined
  }
}

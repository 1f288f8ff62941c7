import { decodeJsonBody } from '../intake/json-body.ts'
import { decodeXmlBody } from '../intake/xml-body.ts'
import { isTimeZone } from '../values/local-time.ts'
import * as z from '../values/schema.ts'
import { requireAccess } from './access.ts'
import { fetchPrestashopOrder } from './api/prestashop.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { NotUnderstoodError, VendorRefusedError } from './errors.ts'
import { firstText, isObject, type JsonObject, objectOf } from './loose-json.ts'
import { optionsOf } from './options.ts'
import { readOrder } from './prestashop/order.ts'
import type { Json, Source, Verified } from './source.ts'
import { stubOrder } from './stub-order.ts'

const LESS_THAN = 0x3c

const PrestashopOptions = z.strictObject({
  /** Where the shop is: its webservice is below it. */
  shopUrl: z.optional(z.url({ protocol: /^https?$/ })),
  /** What the shop sells in, where the order's currency cannot be fetched: the order has no more than its number. */
  currency: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/, 'an ISO 4217 code'))),
  /** Of the shop, whose times have none. */
  timeZone: z._default(z.string().check(z.refine(isTimeZone, 'a zone such as Europe/Paris')), 'UTC'),
})

/** An order of PrestaShop's webservice in XML or JSON, or no more than its id, posted by a module. */
export const prestashop: Source = {
  name: 'prestashop',
  kind: 'order',
  /** The rest is fetched first. */
  inlineBudgetMs: 0,
  needsSecret: () => true,

  async verify(request, context) {
    requireAccess(request, context)
    const isXml = request.body.find((byte) => byte > 0x20 && byte < 0x7f) === LESS_THAN
    const payload = isXml ? decodeXmlBody(request) : decodeJsonBody(request)
    return { headers: bytesDigest(request.body), payload }
  },

  identify(verified) {
    return bytesIdentity(verified, orderIdOf(verified))
  },

  async enrich(verified, context, api) {
    const orderId = orderIdOf(verified)
    const key = await api.credential('webserviceKey')
    if (key === undefined || orderId === undefined) return undefined
    const baseUrl = api.baseUrl ?? optionsOf(PrestashopOptions, context).shopUrl
    if (baseUrl === undefined) {
      throw new VendorRefusedError(`options of "${context.instance}": shopUrl is not configured`)
    }
    return fetchPrestashopOrder(orderId, { baseUrl, key, timeoutMs: api.timeoutMs })
  },

  toEvent(verified, context) {
    const orderId = orderIdOf(verified)
    if (orderId === undefined) throw new NotUnderstoodError('id: the order has no number')
    const of = { shop: context.instance, orderId }
    const { currency, timeZone } = optionsOf(PrestashopOptions, context)
    const posted = orderOf(verified.payload)
    if (verified.fetched !== undefined)
      return readOrder(objectOf(verified.fetched), of, { currency, timeZone })
    if (posted['total_paid'] === undefined) return stubOrder(of, 'webserviceKey')
    return readOrder({ order: posted }, of, { currency, timeZone })
  },

  /** The token is the last part of the address. */
  sign(body) {
    const isXml = body.toString('latin1').trimStart().startsWith('<')
    return { 'content-type': isXml ? 'application/xml' : 'application/json' }
  },
}

/** `<prestashop><order>`, `{ order }`, `{ id_order }` or the order itself. */
function orderOf(payload: Json): JsonObject {
  const root = objectOf(payload)
  const inside = objectOf(root['prestashop'] ?? root)
  return isObject(inside['order']) ? inside['order'] : inside
}

function orderIdOf({ payload }: Verified): string | undefined {
  const order = orderOf(payload)
  const id = firstText(order['id_order'], order['id'])
  return id !== undefined && /^\d+$/.test(id) ? id : undefined
}

import { VendorRefusedError } from '../errors.ts'
import { type JsonObject, objectOf, textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'
import { apiUrl, askJson } from './http.ts'
import { timeLeft } from './time-left.ts'

type Access = {
  /** Of the shop; the webservice is below it, under `api`. */
  readonly baseUrl: string
  /** May GET orders; addresses, customers, currencies and countries, too, or the order is told without them. */
  readonly key: string
  readonly timeoutMs: number
}

/**
 * An order with what it names by numbers: `{ order, customer, currency, invoiceAddress, deliveryAddress }`, each address
 * with its `country` (https://devdocs.prestashop-project.org/9/webservice/).
 * @throws VendorUnavailableError, VendorRefusedError
 */
export async function fetchPrestashopOrder(orderId: string, access: Access): Promise<JsonObject> {
  const left = timeLeft(access.timeoutMs)
  const order = await one('orders', 'order', orderId, access, left)
  const find = (resource: string, name: string, id: Json | undefined) =>
    related(resource, name, id, access, left)
  const address = async (id: Json | undefined) => {
    const found = await find('addresses', 'address', id)
    const country = await find('countries', 'country', found['id_country'])
    return { ...found, country }
  }
  const [customer, currency, invoiceAddress, deliveryAddress] = await Promise.all([
    find('customers', 'customer', order['id_customer']),
    find('currencies', 'currency', order['id_currency']),
    address(order['id_address_invoice']),
    address(order['id_address_delivery']),
  ])
  return { order, customer, currency, invoiceAddress, deliveryAddress }
}

/** The order is worth more than what it names: without the permission, or once it is deleted, that is left out. */
async function related(
  resource: string,
  name: string,
  id: Json | undefined,
  access: Access,
  left: () => number,
): Promise<JsonObject> {
  const text = textOf(id) ?? '0'
  if (!/^[1-9]\d*$/.test(text)) return {}
  try {
    return await one(resource, name, text, access, left)
  } catch (error) {
    if (error instanceof VendorRefusedError) return {}
    throw error
  }
}

/** The key is the user of HTTP Basic, without a password. */
async function one(
  resource: string,
  name: string,
  id: string,
  { baseUrl, key }: Access,
  left: () => number,
): Promise<JsonObject> {
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
  const { body } = await askJson({
    url: apiUrl(baseUrl, `api/${resource}/${id}`, { output_format: 'JSON' }),
    headers: { authorization },
    timeoutMs: left(),
  })
  return objectOf(objectOf(body)[name])
}

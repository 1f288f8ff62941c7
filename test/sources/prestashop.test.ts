import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { UndecodableError } from '../../lib/intake/errors.ts'
import { NotUnderstoodError, VendorRefusedError } from '../../lib/sources/errors.ts'
import { prestashop } from '../../lib/sources/prestashop.ts'
import type { Json } from '../../lib/sources/source.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { tell } from '../support/tell.ts'
import { fetchedFor, vendorSuite } from '../support/vendor-suite.ts'

const options = { shopUrl: 'https://shop.example/store', currency: 'EUR', timeZone: 'Europe/Paris' }
const telling = { options, withToken: true }
const thin = { source: prestashop, body: { id_order: 5 }, telling, credentials: { webserviceKey: 'ps-key' } }

signatureSuite({ source: prestashop, body: '<order><id>5</id></order>', proof: 'token' })
vendorSuite(thin)

async function fixture(file: string): Promise<string> {
  return readFile(new URL(`../fixtures/prestashop/${file}`, import.meta.url), 'utf8')
}

const row = {
  id: 1,
  product_name: 'Lamp',
  product_quantity: '3',
  unit_price_tax_excl: '10.004000',
  unit_price_tax_incl: '12.004800',
}
const order = {
  id: 5,
  reference: 'KHWLILZLL',
  total_paid: '36.01',
  total_paid_tax_incl: '36.010000',
  total_paid_tax_excl: '30.010000',
  current_state: '2',
  date_upd: '2026-01-30 01:02:13',
  associations: { order_rows: [row] },
}

async function snapshotOf(body: unknown, fetched?: Json) {
  const { event } = await tell(prestashop, body, { ...telling, ...(fetched !== undefined && { fetched }) })
  if (event.kind !== 'order' || !('lines' in event)) throw new Error('no snapshot')
  return event
}

test('an order in XML and the same in JSON are the same', async () => {
  const composed = JSON.parse(await fixture('prestashop-fetched-5.composed.json'))
  const fromXml = await snapshotOf(await fixture('prestashop-orders-5.xml'))
  expect(await snapshotOf({ order: composed.order })).toEqual(fromXml)
  expect(fromXml).toMatchObject({ number: 'KHWLILZLL', total: '71.51', buyer: { id: '1' }, currency: 'EUR' })
  expect(fromXml.lines).toHaveLength(3)
})

test('a lone row is a row, in XML and in JSON', async () => {
  const xml = `<prestashop><order><id>5</id><total_paid>10</total_paid><associations><order_rows><order_row>
    <id>1</id><product_name>A &amp; B</product_name><product_quantity>1</product_quantity><product_price>10</product_price>
    </order_row></order_rows></associations></order></prestashop>`
  expect((await snapshotOf(xml)).lines).toMatchObject([{ name: 'A & B', total: '10' }])
  const json = { ...order, associations: { order_rows: row } }
  expect((await snapshotOf(json)).lines).toMatchObject([{ name: 'Lamp', quantity: '3' }])
})

test('amounts are without tax, or with it where only those come to the total', async () => {
  expect(await snapshotOf(order)).toMatchObject({
    amountsIncludeTax: false,
    lines: [{ total: '30.01', tax: '6' }],
    tax: '6',
  })
  const rounded = { ...order, total_paid_tax_excl: '30.02' }
  const event = await snapshotOf(rounded)
  expect(event).toMatchObject({ amountsIncludeTax: true, lines: [{ total: '36.01' }], tax: '5.99' })
  expect(event.adjustment).toBeUndefined()
})

test('shipping, wrapping and discounts have their tax', async () => {
  const event = await snapshotOf({
    ...order,
    total_shipping_tax_excl: '5.000000',
    total_shipping_tax_incl: '6.000000',
    total_wrapping_tax_excl: '1.000000',
    total_wrapping_tax_incl: '1.200000',
    total_discounts_tax_excl: '2.000000',
    total_discounts_tax_incl: '2.400000',
    total_paid_tax_excl: '34.010000',
    total_paid_tax_incl: '40.810000',
  })
  expect(event).toMatchObject({
    shipping: [{ amount: '5', tax: '1' }],
    fees: [{ title: 'Gift wrapping', amount: '1', tax: '0.2' }],
    discounts: [{ amount: '2' }],
    total: '40.81',
  })
  expect(event.adjustment).toBeUndefined()
})

test('times are read in the zone of the shop', async () => {
  expect(await snapshotOf(order)).toMatchObject({ updatedAt: '2026-01-30T00:02:13.000Z', payment: 'paid' })
  expect((await snapshotOf({ ...order, date_upd: '0000-00-00 00:00:00' })).updatedAt).toBeUndefined()
})

test('what an order names by numbers is fetched with it', async () => {
  const numbers = { id_customer: '1', id_currency: '1', id_address_invoice: '4', id_address_delivery: '0' }
  const answers: Record<string, object> = {
    '/api/orders/5': { order: { ...order, ...numbers } },
    '/api/customers/1': { customer: { email: 'john@example.com', firstname: 'John' } },
    '/api/currencies/1': { currency: { iso_code: 'GBP' } },
    '/api/addresses/4': { address: { id_country: 17, company: 'Acme', vat_number: 'GB123456789' } },
    '/api/countries/17': { country: { iso_code: 'GB' } },
  }
  const { fetched, asked } = await fetchedFor(thin, ({ path }) => ({ body: answers[path] }))
  expect(asked.map(({ path }) => path).toSorted()).toEqual(Object.keys(answers).toSorted())
  expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ps-key:').toString('base64')}`)
  expect(asked[0]?.query.get('output_format')).toBe('JSON')
  expect(await snapshotOf(thin.body, fetched)).toMatchObject({
    currency: 'GBP',
    buyer: { email: 'john@example.com', company: 'Acme', vatNumber: 'GB123456789' },
    billingAddress: { country: 'GB' },
  })
})

test('what the key may not see is left out, an outage is not taken for that', async () => {
  const answer = (status: number) =>
    fetchedFor(thin, ({ path }) =>
      path === '/api/orders/5' ? { body: { order: { ...order, id_customer: '1' } } } : { status },
    )
  expect((await answer(403)).fetched).toMatchObject({ order: { id: 5 }, customer: {} })
  await expect(answer(503)).rejects.toThrow('/api/customers/1 answered 503')
})

test('an order whose currency is a number says what is missing', async () => {
  const { event } = await tell(prestashop, order, { withToken: true })
  expect(event).toMatchObject({
    currency: 'XXX',
    incomplete: expect.stringContaining('options.currency'),
    total: '36.01',
  })
})

test('a key without the address of the shop is a mistake of the configuration', async () => {
  const { source, body, credentials } = thin
  const api = { timeoutMs: 1_000, credential: async () => credentials.webserviceKey }
  const context = {
    instance: 'shop',
    options: {},
    secrets: [],
    url: 'https://crm.example',
    acceptTests: true,
  }
  const verified = { headers: {}, payload: body }
  await expect(source.enrich?.(verified, context, api)).rejects.toThrow(VendorRefusedError)
})

test('what is no order is parked, what is no XML cannot be decoded', async () => {
  for (const body of [{}, null, { id_order: '../1' }, '<prestashop/>']) {
    await expect(tell(prestashop, body, telling)).rejects.toThrow(NotUnderstoodError)
  }
  const cut = (await fixture('prestashop-orders-5.xml')).slice(0, 500)
  await expect(tell(prestashop, cut, telling)).rejects.toThrow(UndecodableError)
})

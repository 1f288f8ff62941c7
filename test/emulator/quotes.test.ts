import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../../emulator/server.ts'
import { type Json, startCrm, type TestCrm } from './crm.ts'

const [EUR, USD] = [1, 2]
const DAY_MS = 24 * 60 * 60 * 1000

/** The words in which quotes and orders differ. */
const KINDS = [
  { documents: 'Quotes', head: 'quot', items: 'QuoteItems', line: 'quit', total: 'oppo_totalQuotes' },
  { documents: 'Orders', head: 'orde', items: 'OrderItems', line: 'orit', total: 'oppo_TotalOrders' },
] as const
type Kind = (typeof KINDS)[number]

/** A CRM with a product at 100 EUR, 110 USD and 80 EUR for partners, and an opportunity in euros. */
async function shop({ documents, head, items, line }: Kind, options: EmulatorOptions = {}) {
  const crm = await startCrm(options)
  const list = await crm.create('PricingList', { prli_name: 'Default', prli_defaultvalue: true })
  const partners = await crm.create('PricingList', { prli_name: 'Partner' })
  const each = await crm.create('UOM', { uom_name: 'Each' })
  const product = await crm.create('NewProduct', { prod_name: 'Router', prod_code: 'RT' })
  const price = (fields: Json) =>
    crm.create('Pricing', { pric_productid: product, pric_uomid: each, pric_pricinglistid: list, ...fields })
  await price({ pric_price: 100, pric_price_cid: EUR })
  await price({ pric_price: 110, pric_price_cid: USD })
  await price({ pric_price: 80, pric_price_cid: EUR, pric_pricinglistid: partners })
  const opportunity = await crm.create('Opportunity', { oppo_description: 'Network', oppo_currency: EUR })
  const open = (fields: Json = {}) =>
    crm.create(documents, { [`${head}_opportunityid`]: opportunity, ...prefixed(head, fields) })
  const lineOf = (document: number, fields: Json) => ({
    ...prefixed(line, { orderquoteid: document, opportunityid: opportunity, linetype: 'i' }),
    ...prefixed(line, { productid: product, uomid: each, quantity: 2, ...fields }),
  })
  const addLine = (document: number, fields: Json = {}) => crm.create(items, lineOf(document, fields))
  const read = async (resource: string, id: number) => lowerCase((await crm.get(`${resource}('${id}')`)).body)
  return { ...crm, list, partners, each, product, opportunity, open, addLine, lineOf, read }
}

function prefixed(prefix: string, fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}_${name}`, value]))
}

function lowerCase(record: Json): Json {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]))
}

async function problemsOf({ request }: TestCrm, method: string, path: string, body: Json) {
  const { status, body: answer } = await request(method, path, body)
  return { status, paths: ((answer['$diagnoses'] ?? []) as Json[]).map((one) => one['$payloadPath']) }
}

describe.each(KINDS)('$items', (kind) => {
  const { documents, head, items, line, total } = kind

  it('compute discount and totals from list price, quoted price and quantity', async () => {
    const { open, addLine, read } = await shop(kind)
    const id = await addLine(await open(), { quantity: 3, quotedprice: 90.1 })
    expect(await read(items, id)).toMatchObject(
      prefixed(line, {
        listprice: 100,
        listprice_cid: EUR,
        quotedprice: 90.1,
        quotedpricetotal: 270.3,
        discount: 9.9,
        discountsum: 29.7,
        discountsum_cid: EUR,
      }),
    )
  })

  it('are quoted at list price unless told otherwise, and free at nothing', async () => {
    const { open, addLine, read } = await shop(kind)
    const document = await open()
    const [listed, free] = [await addLine(document), await addLine(document, { quotedprice: 0 })]
    expect(await read(items, listed)).toMatchObject(
      prefixed(line, { quotedprice: 100, quotedpricetotal: 200 }),
    )
    expect(await read(items, free)).toMatchObject(prefixed(line, { quotedprice: 0, discountsum: 200 }))
  })

  it('take their list price by product, price list, currency and unit', async () => {
    const { open, addLine, read, partners, create } = await shop(kind)
    const price = async (fields: Json, more: Json = {}) =>
      (await read(items, await addLine(await open(fields), more)))[`${line}_listprice`]
    expect(await price({ pricinglistid: partners })).toBe(80)
    expect(await price({}, { uomid: await create('UOM', { uom_name: 'Box' }) })).toBeNull()
  })

  it('add up to their document and its opportunity, again after a change and a deletion', async () => {
    const { open, addLine, read, request, opportunity } = await shop(kind)
    const document = await open({ discounttype: 'PC', discountpc: 10 })
    const [first, second] = [await addLine(document, { quotedprice: 90 }), await addLine(document)]
    const totals = async () => {
      const record = await read(documents, document)
      return ['nettamt', 'lineitemdisc', 'nodiscamt', 'discountamt', 'grossamt'].map(
        (name) => record[`${head}_${name}`],
      )
    }
    expect(await totals()).toEqual([380, 20, 400, 38, 342])
    expect((await read(documents, document))[`${head}_grossamt_cid`]).toBe(EUR)
    const above = {
      [total.toLowerCase()]: 342,
      [`${total.toLowerCase()}_cid`]: EUR,
      oppo_total: 342,
      oppo_total_cid: EUR,
    }
    expect(await read('Opportunity', opportunity)).toMatchObject(above)
    await request('PATCH', `${items}('${second}')`, { [`${line}_quantity`]: 1 })
    expect(await totals()).toEqual([280, 20, 300, 28, 252])
    await request('DELETE', `${items}('${first}')`)
    expect(await totals()).toEqual([100, 0, 100, 10, 90])
    expect(await read('Opportunity', opportunity)).toMatchObject({ oppo_total: 90 })
  })

  it('leave the opportunity alone when the document is inactive, not rolled up, or another one’s', async () => {
    const { open, addLine, read, request, create, opportunity } = await shop(kind)
    const document = await open()
    await addLine(document)
    const sum = async (of: number) => (await read('Opportunity', of))['oppo_total']
    const change = (fields: Json) => request('PATCH', `${documents}('${document}')`, prefixed(head, fields))
    expect(await sum(opportunity)).toBe(200)
    await change({ rollup: false })
    expect(await sum(opportunity)).toBe(0)
    await change({ rollup: true, status: 'Inactive' })
    expect(await sum(opportunity)).toBe(0)
    const other = await create('Opportunity', { oppo_description: 'Other' })
    await change({ status: 'Active', opportunityid: other })
    expect([await sum(opportunity), await sum(other)]).toEqual([0, 200])
  })

  it('add up to nothing where a plain save rolls nothing up, and there the totals may be written', async () => {
    const { open, create, lineOf, read, request, opportunity } = await shop(kind, {
      switches: { rollUps: 'off' },
    })
    const document = await open()
    const id = await create(items, lineOf(document, { quotedprice: 90, quotedpricetotal: 180 }))
    expect(await read(items, id)).toMatchObject(prefixed(line, { quotedpricetotal: 180, listprice: null }))
    expect((await read(documents, document))[`${head}_grossamt`]).toBeNull()
    expect(
      (await request('PATCH', `${documents}('${document}')`, { [`${head}_grossamt`]: 180 })).status,
    ).toBe(200)
    expect((await request('PATCH', `Opportunity('${opportunity}')`, { oppo_total: 180 })).status).toBe(200)
  })

  it.each([
    ['i', ['productid', 'uomid', 'quantity']],
    ['f', ['description', 'quantity', 'quotedprice']],
    ['c', ['description']],
  ])('of type %s need %j', async (linetype, needed) => {
    const crm = await shop(kind)
    const document = await crm.open()
    const fields = { orderquoteid: document, linetype }
    const { status, paths } = await problemsOf(crm, 'POST', items, prefixed(line, fields))
    const named = ['opportunityid', ...needed].map((name) => `${line}_${name}`).toSorted()
    expect([status, paths.map((path) => String(path).toLowerCase()).toSorted()]).toEqual([400, named])
  })

  it('are of a type there is, and of a document', async () => {
    const crm = await shop(kind)
    const body = crm.lineOf(await crm.open(), { linetype: null })
    expect((await problemsOf(crm, 'POST', items, body)).status).toBe(400)
    const lost = prefixed(line, { linetype: 'c', description: 'x', opportunityid: crm.opportunity })
    expect((await problemsOf(crm, 'POST', items, lost)).status).toBe(400)
  })

  it('as free text and comments have no list price', async () => {
    const { open, addLine, read } = await shop(kind)
    const document = await open()
    const text = {
      productid: null,
      uomid: null,
      description: 'Delivery',
      quotedprice: 15,
      quantity: 1,
      linetype: 'f',
    }
    const [free, comment] = [
      await addLine(document, text),
      await addLine(document, { ...text, linetype: 'c', quotedprice: null, quantity: null }),
    ]
    expect(await read(items, free)).toMatchObject(
      prefixed(line, { listprice: null, quotedpricetotal: 15, discountsum: 0 }),
    )
    expect(await read(items, comment)).toMatchObject(prefixed(line, { quotedpricetotal: 0 }))
    expect(await read(documents, document)).toMatchObject(prefixed(head, { nettamt: 15 }))
  })

  it('never change their type or document', async () => {
    const crm = await shop(kind)
    const id = await crm.addLine(await crm.open())
    const change = prefixed(line, { linetype: 'f', orderquoteid: await crm.open() })
    const { status, paths } = await problemsOf(crm, 'PATCH', `${items}('${id}')`, change)
    expect([status, paths.length]).toEqual([400, 2])
    expect((await crm.request('PATCH', `${items}('${id}')`, { [`${line}_linetype`]: 'i' })).status).toBe(200)
  })

  it('and their totals are not to be written', async () => {
    const crm = await shop(kind)
    const body = crm.lineOf(await crm.open(), {
      listprice: 1,
      quotedpricetotal: 1,
      discount: 1,
      discountsum: 1,
    })
    expect((await problemsOf(crm, 'POST', items, body)).paths).toHaveLength(4)
  })
})

describe.each(KINDS)('$documents', (kind) => {
  const { documents, head } = kind

  it('begin Active, with a reference of their own, and expire after a week', async () => {
    const { open, read, list } = await shop(kind)
    const [first, second] = [await read(documents, await open()), await read(documents, await open())]
    expect(first).toMatchObject(
      prefixed(head, { status: 'Active', rollup: true, pricinglistid: list, currency: EUR }),
    )
    const [opened, expires] = ['opened', 'expirationdate'].map((name) =>
      Date.parse(String(first[`${head}_${name}`])),
    )
    expect((expires ?? 0) - (opened ?? 0)).toBe(7 * DAY_MS)
    const references = [first, second].map((record) => record[`${head}_reference`])
    expect(new Set(references).size).toBe(2)
    expect(references[0]).toMatch(/^1-\d+$/)
  })

  it('keep the expiry date they are given', async () => {
    const { open, read } = await shop(kind)
    const record = await read(documents, await open({ expirationdate: '2030-01-31T00:00:00Z' }))
    expect(record[`${head}_expirationdate`]).toBe('2030-01-31T00:00:00Z')
  })

  it('take an amount off where the discount is one', async () => {
    const { open, addLine, read } = await shop(kind)
    const document = await open({ discounttype: 'AMT', discountamt: 50, discountpc: 99 })
    await addLine(document)
    expect(await read(documents, document)).toMatchObject(prefixed(head, { discountamt: 50, grossamt: 150 }))
  })

  it('change their currency only while there are no lines', async () => {
    const crm = await shop(kind)
    const document = await crm.open()
    const change = { [`${head}_currency`]: USD }
    expect((await crm.request('PATCH', `${documents}('${document}')`, change)).status).toBe(200)
    await crm.addLine(document)
    const back = await problemsOf(crm, 'PATCH', `${documents}('${document}')`, { [`${head}_currency`]: EUR })
    expect([back.status, String(back.paths[0]).toLowerCase()]).toEqual([400, `${head}_currency`])
    expect((await crm.request('PATCH', `${documents}('${document}')`, change)).status).toBe(200)
  })

  it('share the currency of the first one of their opportunity', async () => {
    const crm = await shop(kind)
    await crm.open({ currency: USD })
    const second = await crm.read(documents, await crm.open())
    expect(second[`${head}_currency`]).toBe(USD)
    const third = { [`${head}_opportunityid`]: crm.opportunity, [`${head}_currency`]: EUR }
    expect((await problemsOf(crm, 'POST', documents, third)).status).toBe(400)
  })

  it.each([
    ['no opportunity', { opportunityid: null }],
    ['an opportunity that is not there', { opportunityid: 4711 }],
    ['no price list', { pricinglistid: null }],
    ['totals', { nettamt: 1, lineitemdisc: 1, nodiscamt: 1, grossamt: 1 }],
    ['a reference', { reference: 'Q-1' }],
    ['the day it was opened', { opened: '2026-01-01' }],
  ])('with %s are refused', async (_, fields) => {
    const crm = await shop(kind)
    const body = prefixed(head, { opportunityid: crm.opportunity, ...fields })
    const { status, paths } = await problemsOf(crm, 'POST', documents, body)
    const named = Object.keys(fields).map((name) => `${head}_${name}`)
    expect([status, paths.map((path) => String(path).toLowerCase())]).toEqual([400, named])
  })
})

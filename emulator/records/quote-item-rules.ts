import Big from 'big.js'
import type { Stored, StoredRow } from '../database/database.ts'
import { entityNamed, findColumn } from '../entities/index.ts'
import type { Problem } from './body.ts'
import type { Crm } from './crm.ts'
import { rollUpDocument } from './quote-rules.ts'
import type { DocumentWords } from './quote-words.ts'
import type { Rules, Values } from './rules.ts'

/**
 * What a line needs by its type: i is a product, f free text, c a comment. Documented for the SOAP interface of the same
 * business layer ("Inserting, updating quote and order items").
 */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  i: ['OpportunityId', 'ProductId', 'UOMID', 'Quantity'],
  f: ['OpportunityId', 'Description', 'Quantity', 'QuotedPrice'],
  c: ['OpportunityId', 'Description'],
}
const NEVER_UPDATED = ['LineType', 'OrderQuoteId']

/** What the server does with the lines of quotes or orders. */
export function itemRules(words: DocumentWords): Rules {
  const name = (column: string) => nameOf(words, column)
  return {
    complete: (crm, values, before) => {
      if (crm.dialect.rollUps === 'off') return { values, problems: [] }
      const problems = before === undefined ? missing(words, values) : fixed(words, values, before)
      if (problems.length > 0) return { values, problems }
      return { values: priced(crm, words, values, before), problems }
    },
    settle: (crm, row) => {
      const document = row[name('OrderQuoteId')]
      if (typeof document === 'number') rollUpDocument(crm, words, document)
    },
  }
}

/** The column in its stored casing. */
function nameOf({ items, itemPrefix }: DocumentWords, column: string): string {
  const wanted = `${itemPrefix}_${column}`
  return findColumn(entityNamed(items), wanted)?.name ?? wanted
}

function missing(words: DocumentWords, values: Values): Problem[] {
  const type = values.get(nameOf(words, 'LineType'))
  const needed = NEEDED[String(type ?? '').toLowerCase()]
  if (needed === undefined) {
    const path = nameOf(words, 'LineType')
    return [{ path, message: `${path} must be i (product), f (free text) or c (comment)` }]
  }
  return ['OrderQuoteId', ...needed].flatMap((column) => {
    const path = nameOf(words, column)
    const isThere = (values.get(path) ?? '') !== ''
    return isThere ? [] : [{ path, message: `${path} is needed for a line of type ${type}` }]
  })
}

function fixed(words: DocumentWords, values: Values, before: StoredRow): Problem[] {
  return NEVER_UPDATED.map((column) => nameOf(words, column)).flatMap((path) => {
    const isChanged = values.has(path) && values.get(path) !== before[path]
    return isChanged ? [{ path, message: `${path} cannot be changed` }] : []
  })
}

/** discount = list price − quoted price; its sum and the quoted price total are those times the quantity. */
function priced(crm: Crm, words: DocumentWords, values: Values, before: StoredRow | undefined): Values {
  const get = (column: string) => {
    const name = nameOf(words, column)
    return values.has(name) ? values.get(name) : before?.[name]
  }
  const listed = listPrice(crm, words, get)
  const [quoted, quantity] = [new Big(get('QuotedPrice') ?? listed ?? 0), new Big(get('Quantity') ?? 0)]
  const discount = new Big(listed ?? quoted).minus(quoted)
  const amounts = {
    ListPrice: listed === undefined ? null : Number(listed),
    QuotedPrice: quoted.toNumber(),
    QuotedPriceTotal: quoted.times(quantity).toNumber(),
    Discount: discount.toNumber(),
    DiscountSum: discount.times(quantity).toNumber(),
  }
  const currency = documentOf(crm, words, get)?.[`${words.prefix}_Currency`] ?? null
  const computed = Object.entries(amounts).flatMap(([column, amount]): [string, Stored][] => [
    [nameOf(words, column), amount],
    [nameOf(words, `${column}_CID`), currency],
  ])
  const known = computed.filter(([column]) => findColumn(entityNamed(words.items), column) !== undefined)
  return new Map([...values, ...known])
}

type Get = (column: string) => Stored | undefined

function documentOf({ database }: Crm, { table, id }: DocumentWords, get: Get): StoredRow | undefined {
  return database.get(`SELECT * FROM "${table}" WHERE "${id}" = ?`, get('OrderQuoteId') ?? null)
}

/** Looked up by product, price list, currency and unit of measure. */
function listPrice(crm: Crm, words: DocumentWords, get: Get): Stored | undefined {
  const document = documentOf(crm, words, get)
  const [list, currency] = ['PricingListID', 'Currency'].map(
    (name) => document?.[`${words.prefix}_${name}`] ?? null,
  )
  const row = crm.database.get(
    `SELECT pric_price AS price FROM Pricing WHERE pric_ProductID = ? AND pric_Active = 'Y' AND pric_Deleted IS NULL
     AND (? IS NULL OR pric_UOMID = ?) AND (? IS NULL OR pric_PricingListID = ?) AND (? IS NULL OR pric_price_CID = ?)
     ORDER BY pric_PricingID`,
    get('ProductId') ?? null,
    ...twice(get('UOMID') ?? null),
    ...twice(list ?? null),
    ...twice(currency ?? null),
  )
  return row?.['price'] ?? undefined
}

function twice(value: Stored): [Stored, Stored] {
  return [value, value]
}

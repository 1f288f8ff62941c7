import Big from 'big.js'
import type { Stored, StoredRow } from '../database/database.ts'
import { entityNamed, findColumn } from '../entities/index.ts'
import { type Crm, findRecord } from './crm.ts'
import { setColumns } from './insert.ts'
import { type DocumentWords, ORDER_WORDS, QUOTE_WORDS } from './quote-words.ts'
import type { Rules, Values } from './rules.ts'
import { instant } from './values.ts'

/** A quote expires a week after it was opened, and its status begins as Active (user help of Sage CRM). */
const EXPIRES_AFTER_MS = 7 * 24 * 60 * 60 * 1000
const FIRST_PRICING_LIST = 1

/** What the server does with the heads of quotes or orders. */
export function documentRules(words: DocumentWords): Rules {
  return {
    complete: (crm, given, before) => {
      const values = before === undefined ? withDefaults(crm, words, given) : given
      return {
        values,
        problems: [...currencyProblems(crm, words, values, before), ...listProblems(words, values)],
      }
    },
    settle: (crm, row, before) => {
      if (row[`${words.prefix}_Reference`] === null) setReference(crm, words, row)
      rollUpDocument(crm, words, Number(row[words.id]))
      const [earlier, now] = [before, row].map((one) => one?.[`${words.prefix}_OpportunityId`] ?? null)
      if (earlier !== now) rollUpOpportunity(crm, words, earlier ?? null)
    },
  }
}

function withDefaults(crm: Crm, { prefix }: DocumentWords, values: Values): Values {
  const opened = crm.now()
  const opportunity = values.get(`${prefix}_OpportunityId`) ?? null
  return new Map<string, Stored>([
    [`${prefix}_Opened`, instant(opened)],
    [`${prefix}_ExpirationDate`, instant(new Date(opened.getTime() + EXPIRES_AFTER_MS))],
    [`${prefix}_Status`, 'Active'],
    [`${prefix}_PricingListID`, defaultPricingList(crm)],
    [`${prefix}_Currency`, currencyOf(crm, opportunity)],
    ...values,
  ])
}

function defaultPricingList({ database }: Crm): Stored {
  const sql =
    "SELECT PrLi_PricingListID AS id FROM PricingList WHERE prli_Defaultvalue = 'Y' AND PrLi_Deleted IS NULL"
  return database.get(sql)?.['id'] ?? FIRST_PRICING_LIST
}

/** That of the opportunity's first quote or order, else the opportunity's own. */
function currencyOf(crm: Crm, opportunity: Stored): Stored {
  const own = findRecord(crm, entityNamed('Opportunity'), opportunity)?.['oppo_Currency'] ?? null
  return documentsOf(crm, opportunity)[0]?.['currency'] ?? own
}

/** The quotes and orders of an opportunity that have a currency, the first one first. */
function documentsOf({ database }: Crm, opportunity: Stored): StoredRow[] {
  const selects = [QUOTE_WORDS, ORDER_WORDS].map(
    ({ table, prefix, id }) => `SELECT '${table}' AS kind, "${id}" AS id, "${prefix}_Currency" AS currency,
      "${prefix}_CreatedDate" AS created FROM "${table}" WHERE "${prefix}_OpportunityId" = ?
      AND "${prefix}_Deleted" IS NULL AND "${prefix}_Currency" IS NOT NULL`,
  )
  return database.all(`${selects.join(' UNION ALL ')} ORDER BY created, id`, opportunity, opportunity)
}

/** All quotes and orders of an opportunity share one currency, and it stays while there are lines (help of Sage CRM). */
function currencyProblems(crm: Crm, words: DocumentWords, values: Values, before: StoredRow | undefined) {
  const path = `${words.prefix}_Currency`
  const wanted = values.get(path) ?? null
  if (!values.has(path) || wanted === (before?.[path] ?? null)) return []
  if (before !== undefined && hasItems(crm, words, before))
    return [{ path, message: `${path} cannot be changed while there are line items` }]
  const opportunity =
    values.get(`${words.prefix}_OpportunityId`) ?? before?.[`${words.prefix}_OpportunityId`] ?? null
  const isSelf = ({ kind, id }: StoredRow) => kind === words.table && id === before?.[words.id]
  const other = documentsOf(crm, opportunity).find((one) => !isSelf(one) && one['currency'] !== wanted)
  if (other === undefined) return []
  return [
    {
      path,
      message: `${path} must be ${other['currency']}, that of the opportunity's other quotes and orders`,
    },
  ]
}

function listProblems({ prefix }: DocumentWords, values: Values) {
  const path = `${prefix}_PricingListID`
  return values.get(path) === null ? [{ path, message: `${path} is mandatory` }] : []
}

function setReference(crm: Crm, { table, prefix, id }: DocumentWords, row: StoredRow): void {
  const reference = `${row[`${prefix}_CreatedBy`]}-${row[id]}`
  setColumns(crm, entityNamed(table), Number(row[id]), new Map([[`${prefix}_Reference`, reference]]))
}

function hasItems({ database }: Crm, { items, itemPrefix, id }: DocumentWords, row: StoredRow): boolean {
  const sql = `SELECT 1 FROM "${items}" WHERE "${itemPrefix}_OrderQuoteId" = ? AND "${itemPrefix}_Deleted" IS NULL`
  return database.get(sql, row[id] ?? null) !== undefined
}

/**
 * The totals of a document from its lines, and those of its opportunity from its documents: net = Σ quoted price totals,
 * line item discount = Σ discount sums, without discount = net + line item discount, gross = net − discount. From
 * public code that follows a trace of Sage CRM's own SQL.
 */
export function rollUpDocument(crm: Crm, words: DocumentWords, id: number): void {
  if (crm.dialect.rollUps === 'off') return
  const { table, prefix } = words
  const row = crm.database.get(`SELECT * FROM "${table}" WHERE "${words.id}" = ?`, id)
  if (row === undefined) return
  const net = sumOfLines(crm, words, id, 'QuotedPriceTotal')
  const lineDiscount = sumOfLines(crm, words, id, 'DiscountSum')
  const discount = discountOf(words, row, net)
  const totals = {
    NettAmt: net,
    LineItemDisc: lineDiscount,
    NoDiscAmt: net.plus(lineDiscount),
    DiscountAmt: discount,
    GrossAmt: net.minus(discount),
  }
  setAmounts(crm, table, id, prefix, totals, row[`${prefix}_Currency`] ?? null)
  rollUpOpportunity(crm, words, row[`${prefix}_OpportunityId`] ?? null)
}

function sumOfLines(
  { database }: Crm,
  { items, itemPrefix }: DocumentWords,
  id: number,
  column: string,
): Big {
  const rows = database.all(
    `SELECT "${itemPrefix}_${column}" AS amount FROM "${items}"
     WHERE "${itemPrefix}_OrderQuoteId" = ? AND "${itemPrefix}_Deleted" IS NULL`,
    id,
  )
  return sum(rows)
}

function sum(rows: readonly StoredRow[]): Big {
  return rows.reduce((total, { amount }) => total.plus(amount ?? 0), new Big(0))
}

/** A percentage of the net amount, or an amount. */
function discountOf({ prefix }: DocumentWords, row: StoredRow, net: Big): Big {
  const isPercentage = String(row[`${prefix}_DiscountType`] ?? '').toUpperCase() === 'PC'
  if (!isPercentage) return new Big(row[`${prefix}_DiscountAmt`] ?? 0)
  return net.times(row[`${prefix}_DiscountPC`] ?? 0).div(100)
}

function rollUpOpportunity(crm: Crm, { table, prefix, opportunityTotal }: DocumentWords, id: Stored): void {
  if (id === null || crm.dialect.rollUps === 'off') return
  const rows = crm.database.all(
    `SELECT "${prefix}_GrossAmt" AS amount FROM "${table}" WHERE "${prefix}_OpportunityId" = ?
     AND "${prefix}_Deleted" IS NULL AND "${prefix}_Status" = 'Active' AND "${prefix}_RollUp" = 'Y'`,
    id,
  )
  const row = crm.database.get('SELECT * FROM Opportunity WHERE Oppo_OpportunityId = ?', id)
  const totals = { totalQuotes: row?.['oppo_totalQuotes'], TotalOrders: row?.['oppo_TotalOrders'] }
  const own = { ...totals, [opportunityTotal]: sum(rows).toNumber() }
  const all = sum(Object.values(own).map((amount) => ({ amount: amount ?? 0 })))
  const amounts = { [opportunityTotal]: new Big(own[opportunityTotal] ?? 0), Total: all }
  setAmounts(crm, 'Opportunity', Number(id), 'Oppo', amounts, currencyOf(crm, id))
}

/** Amounts with their currencies beside them, where the table has a column for that. */
function setAmounts(
  crm: Crm,
  table: string,
  id: number,
  prefix: string,
  amounts: Readonly<Record<string, Big>>,
  currency: Stored,
): void {
  const entity = entityNamed(table)
  const values = Object.entries(amounts).flatMap(([name, amount]): [string, Stored][] => [
    [`${prefix}_${name}`, amount.toNumber()],
    [`${prefix}_${name}_CID`, currency],
  ])
  const known = values.flatMap(([name, value]): [string, Stored][] => {
    const column = findColumn(entity, name)
    return column === undefined ? [] : [[column.name, value]]
  })
  setColumns(crm, entity, id, new Map(known))
}

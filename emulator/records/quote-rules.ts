import Big from 'big.js'
import type { Stored, StoredRow } from '../database/database.ts'
import { entityNamed, findColumn } from '../entities/index.ts'
import type { Crm } from './crm.ts'
import { setColumns } from './insert.ts'
import type { DocumentWords } from './quote-words.ts'
import type { Rules, Values } from './rules.ts'
import { instant } from './values.ts'

/** A quote expires a week after it was opened, and its status begins as Active (user help of Sage CRM). */
const EXPIRES_AFTER_MS = 7 * 24 * 60 * 60 * 1000
const DEFAULT_PRICING_LIST = 1

/** What the server does with the heads of quotes or orders. */
export function documentRules(words: DocumentWords): Rules {
  return {
    complete: (crm, values, before) => {
      if (before === undefined) return { values: withDefaults(crm, words, values), problems: [] }
      const currency = `${words.prefix}_Currency`
      const isFixed =
        values.has(currency) && values.get(currency) !== before[currency] && hasItems(crm, words, before)
      const message = `${currency} cannot be changed while there are line items`
      return { values, problems: isFixed ? [{ path: currency, message }] : [] }
    },
    settle: (crm, row) => {
      if (row[`${words.prefix}_Reference`] === null) setReference(crm, words, row)
      rollUpDocument(crm, words, Number(row[words.id]))
    },
  }
}

function withDefaults({ now }: Crm, { prefix }: DocumentWords, values: Values): Values {
  const opened = now()
  return new Map<string, Stored>([
    [`${prefix}_Opened`, instant(opened)],
    [`${prefix}_ExpirationDate`, instant(new Date(opened.getTime() + EXPIRES_AFTER_MS))],
    [`${prefix}_Status`, 'Active'],
    [`${prefix}_PricingListID`, DEFAULT_PRICING_LIST],
    ...values,
  ])
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
  const opportunity = entityNamed('Opportunity')
  if (id === null) return
  const rows = crm.database.all(
    `SELECT "${prefix}_GrossAmt" AS amount FROM "${table}" WHERE "${prefix}_OpportunityId" = ?
     AND "${prefix}_Deleted" IS NULL AND "${prefix}_Status" = 'Active' AND coalesce("${prefix}_RollUp", 'Y') = 'Y'`,
    id,
  )
  const own = findColumn(opportunity, opportunityTotal)?.name ?? opportunityTotal
  setColumns(crm, opportunity, Number(id), new Map([[own, sum(rows).toNumber()]]))
  const row = crm.database.get('SELECT * FROM Opportunity WHERE Oppo_OpportunityId = ?', id)
  const parts = ['oppo_totalQuotes', 'oppo_TotalOrders'].map((name) => ({ amount: row?.[name] ?? 0 }))
  setColumns(crm, opportunity, Number(id), new Map([['Oppo_Total', sum(parts).toNumber()]]))
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

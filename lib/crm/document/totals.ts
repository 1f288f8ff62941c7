import { Big, roundTo, toDecimal } from '../../values/money.ts'
import type { Document, Totals } from '../plan.ts'
import type { Row } from '../row.ts'
import type { DocumentRows } from './read-document.ts'

/** What is not as it has to be, as a table; empty when the totals are right to the minor unit. */
export function differencesOf({ head, lines }: DocumentRows, { totals, lineNumber }: Document): string[] {
  const { digits } = totals
  const wrong = Object.entries(totals.expected).filter(
    ([field, amount]) => !isSame(head.get(field), amount, digits),
  )
  if (wrong.length === 0) return []
  return [
    ...wrong.map(
      ([field, amount]) =>
        `${field}: should be ${amount}, is ${shown(head.get(field))}${hintOf(head.get(field), totals)}`,
    ),
    ...linesOf(lines, totals, lineNumber),
  ]
}

function isSame(found: unknown, wanted: string, digits: number): boolean {
  const amount = toDecimal(found) ?? new Big(0)
  return roundTo(amount, digits).eq(roundTo(new Big(wanted), digits))
}

function shown(value: unknown): string {
  return value === null || value === undefined || value === '' ? 'nothing' : String(value)
}

function hintOf(value: unknown, { addedUpBy }: Totals): string {
  if (shown(value) !== 'nothing') return ''
  return addedUpBy === 'crm'
    ? ' (a CRM that does not add up lines written by REST needs order.totals: "written")'
    : ' (the CRM has not added it up, and does not let us write it)'
}

/** Every line: what it should come to and what the CRM has; then those that nobody asked for. */
function linesOf(rows: readonly Row[], { lines, lineTotal, digits }: Totals, lineNumber: string): string[] {
  const numberOf = (row: Row) => Number(row.get(lineNumber))
  const wanted = lines.map(({ number, text, total }) => {
    const row = rows.find((one) => numberOf(one) === number)
    const found = row === undefined ? 'no such line' : shown(row.get(lineTotal))
    const isRight = row !== undefined && isSame(row.get(lineTotal), total, digits)
    return `line ${number}: should be ${total}, is ${found}${isRight ? '' : ' ←'}: ${text}`
  })
  const known = new Set(lines.map(({ number }) => number))
  const others = rows.filter((row) => !known.has(numberOf(row)))
  return [
    ...wanted,
    ...others.map(
      (row) => `line ${shown(row.get(lineNumber))}: not of the order, is ${shown(row.get(lineTotal))} ←`,
    ),
  ]
}

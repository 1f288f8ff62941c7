import Table from 'cli-table3'
import type { BoundRecord } from '../../lib/crm/journal.ts'

/** No colours: the output is read by programs too. */
const PLAIN = { head: [], border: [], compact: true }

/** Prints rows for people. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({ head: [...head], style: PLAIN })
  table.push(...rows.map((row) => [...row]))
  console.log(table.toString())
}

/** Prints one value for programs, on one line. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value))
}

/** An instant of the ledger to the second, in UTC. */
export function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
]

/** A duration to two figures or so: `3 h`, `12 min`, `5 s`. */
export function duration(ms: number): string {
  const [unit, length] = UNITS.find(([, one]) => ms >= 2 * one) ?? ['s', 1_000]
  return `${Math.floor(Math.max(0, ms) / length)} ${unit}`
}

/** Where a record is read through the REST API. */
export function linkTo({ resource, id }: Pick<BoundRecord, 'resource' | 'id'>, crmUrl: string): string {
  return `${crmUrl.replace(/\/+$/, '')}/${resource}('${encodeURIComponent(id)}')`
}

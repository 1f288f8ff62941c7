import type { AutomationName, SettingsOf } from '../config/automations.ts'
import type { Plan } from '../crm/plan.ts'
import type { Expression } from '../crm/where.ts'
import type { Observed } from '../events/automation-run.ts'

/** Records that belong to those an automation looks at, by a field of theirs that holds a value of a field of ours. */
export type Related = {
  readonly resource: string
  /** Their field. */
  readonly field: string
  /** Our field; the record's id without it. */
  readonly of?: string
  readonly fields: readonly string[]
}

/**
 * What is to be done about a record. `level` is reached once for each record and never again; `above`: levels that, once
 * reached, have made this one pointless.
 */
export type Due = { readonly level: string; readonly above?: readonly string[]; readonly plan: Plan }
export type Skip = { readonly skip: string }
export type Decision = Due | Skip

/** One rule over the records of an entity. Every file in this folder that is not the contract, the table or a part exports one. */
export type Automation<Name extends AutomationName> = {
  readonly name: Name
  readonly resource: string
  /** The fields of a record that `decide` looks at. */
  readonly fields: readonly string[]
  readonly related?: Related
  /** Which records are looked at; undefined: all. */
  query(settings: SettingsOf<Name>): Expression | undefined
  /**
   * Pure: the same record at the same time is the same plan. First asked without what is related, which can only make a
   * record less due: what is skipped then is not asked about again.
   * @param nowMs milliseconds since 1970
   */
  decide(record: Observed, related: readonly Observed[], nowMs: number, settings: SettingsOf<Name>): Decision
}

/** A text field of what an automation has seen; undefined when it is empty. */
export function textOf({ fields }: Observed, field: string): string | undefined {
  const value = fields[field]
  return value === null || value === undefined ? undefined : String(value)
}

/** An id, or any number; undefined when there is none. */
export function idOf({ fields }: Observed, field: string): number | undefined {
  const value = Number(fields[field] ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

/** A time in milliseconds since 1970; undefined when there is none. */
export function timeOf({ fields }: Observed, field: string): number | undefined {
  const value = Date.parse(String(fields[field] ?? ''))
  return Number.isNaN(value) ? undefined : value
}

/** The latest of the times there are. */
export function latest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

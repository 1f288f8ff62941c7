import { readJson } from './answer.ts'
import { CrmAmbiguousError, CrmMisconfiguredError, CrmRejectedError } from './errors.ts'
import { matches } from './matches.ts'
import { type Narrowed, narrow } from './narrow.ts'
import type { Entity } from './prototypes/field.ts'
import type { Release } from './release.ts'
import type { Send } from './request.ts'
import { type Reading, type Row, resourcesOf, toRow } from './row.ts'
import { buildWhere, type Expression, fieldOf, fieldsIn, WhereError } from './where.ts'

export type FeedQuery<Name extends string = string> = {
  readonly where?: Expression<Name>
  readonly select?: readonly Name[]
  /** Rows a page; the CRM may give fewer. */
  readonly count?: number
  /** 1-based. */
  readonly startIndex?: number
  /** A field, and ` desc` if the last shall be first. Honoured since 2024 R2, ignored before. */
  readonly orderBy?: Name | `${Name} desc`
  /** Linked records to have inside each entry, where a release waits to be asked: `Person`, `Address`. */
  readonly include?: readonly string[]
}

export type Feed = {
  /** How many there are on all pages; undefined when the CRM does not say. Of what was asked, when `filtered`. */
  readonly totalResults: number | undefined
  readonly rows: readonly Row[]
  /**
   * The release cannot express the condition: the nearest one it can was asked, and what does not satisfy the condition
   * was left out on this side.
   */
  readonly filtered: boolean
  /** How many rows the CRM sent. */
  readonly received: number
  /** The keys of all of them, also of those that were left out. */
  readonly keys: readonly string[]
}

/** Which CRM is asked and how. */
export type FeedContext = { readonly send: Send; readonly release: Release; readonly reading: Reading }

/** One page. Throws CrmRejectedError for a condition that cannot be asked, before anything is sent. */
export async function readFeed(entity: Entity, context: FeedContext, query: FeedQuery): Promise<Feed> {
  const { parameters, narrowed } = asked(entity, query, context)
  const path = encodeURIComponent(entity.name)
  const json = readJson(await context.send({ method: 'GET', path, query: parameters }))
  const total = (json as { $totalResults?: unknown } | null)?.$totalResults
  const totalResults = total === undefined || total === null ? undefined : Number(total)
  const resources = resourcesOf(json) ?? (totalResults === 0 ? [] : undefined)
  if (resources === undefined) throw new CrmAmbiguousError('the CRM answered something that is not a feed')
  const rows = resources.map((one) => toKnownRow(entity, one, context.reading))
  const kept = narrowed.exact ? rows : rows.filter((row) => satisfies(row, query, entity, context))
  const keys = rows.map(({ key }) => key)
  return { totalResults, rows: kept, filtered: !narrowed.exact, received: rows.length, keys }
}

function satisfies(row: Row, { where }: FeedQuery, entity: Entity, { reading }: FeedContext): boolean {
  return where === undefined || matches(where, row, entity, reading.clock.timeZone)
}

/** A row that cannot be told from others must not look like a row that is not there. */
function toKnownRow(entity: Entity, json: unknown, reading: Reading): Row {
  const row = toRow(entity, json, reading, entity.view ? '' : undefined)
  if (row === undefined) {
    throw new CrmMisconfiguredError(
      `${entity.name}: a row comes without $key, $url and ${entity.idField ?? 'id'}`,
    )
  }
  return row
}

type Asked = { readonly parameters: Record<string, string>; readonly narrowed: Narrowed }

/** @throws CrmRejectedError naming the field and the rule */
function asked(entity: Entity, query: FeedQuery, context: FeedContext): Asked {
  try {
    const narrowed = narrowedOf(entity, query, context.release)
    return { narrowed, parameters: parametersOf(entity, query, narrowed, context) }
  } catch (cause) {
    if (!(cause instanceof WhereError)) throw cause
    throw new CrmRejectedError(`${entity.name}: ${cause.message}`, [cause.message], { cause })
  }
}

function narrowedOf(entity: Entity, { where }: FeedQuery, release: Release): Narrowed {
  return where === undefined ? { ask: undefined, exact: true } : narrow(where, entity, release)
}

function parametersOf(
  entity: Entity,
  query: FeedQuery,
  { ask, exact }: Narrowed,
  { release, reading }: FeedContext,
): Record<string, string> {
  const { where, count, startIndex, orderBy, include } = query
  const dates = { dateLiteral: release.dateLiteral, timeZone: reading.clock.timeZone }
  const needed = exact || where === undefined ? [] : fieldsIn(where)
  const names = query.select && selected(entity, [...query.select, ...needed])
  return {
    ...(ask !== undefined && { where: buildWhere(ask, entity, dates) }),
    ...(names !== undefined && { select: names.join(',') }),
    ...(count !== undefined && { count: String(count) }),
    ...(startIndex !== undefined && { startIndex: String(startIndex) }),
    ...(orderBy !== undefined && { orderBy: order(entity, orderBy) }),
    ...(include !== undefined && { include: include.join(',') }),
  }
}

/** With the id, by which a row is known where a release leaves out `$key` when something else is selected. */
function selected({ idField, ...entity }: Entity, names: readonly string[]): string[] {
  const all = idField === undefined ? names : [...names, idField]
  return [...new Set(all.map((name) => fieldOf(entity, name).name))]
}

function order(entity: Entity, orderBy: string): string {
  const { name } = fieldOf(entity, orderBy.replace(/ (asc|desc)$/i, ''))
  return / desc$/i.test(orderBy) ? `${name} desc` : name
}

import { readJson } from './answer.ts'
import { CrmAmbiguousError, CrmMisconfiguredError, CrmRejectedError } from './errors.ts'
import type { Entity } from './prototypes/field.ts'
import type { Send } from './request.ts'
import { type Row, resourcesOf, toRow } from './row.ts'
import { buildWhere, type Expression, fieldOf, WhereError } from './where.ts'

export type FeedQuery = {
  readonly where?: Expression
  readonly select?: readonly string[]
  /** Rows a page; the CRM may give fewer. */
  readonly count?: number
  /** 1-based. */
  readonly startIndex?: number
  /** A field, and ` desc` if the last shall be first. Honoured since 2024 R2, ignored before. */
  readonly orderBy?: string
}
export type Feed = {
  /** How many there are on all pages; undefined when the CRM does not say. */
  readonly totalResults: number | undefined
  readonly rows: readonly Row[]
}

const PAGE_SIZE = 100
const MAX_PAGES = 1_000

/** One page. Throws CrmRejectedError for a condition that cannot be asked, before anything is sent. */
export async function readFeed(entity: Entity, send: Send, query: FeedQuery): Promise<Feed> {
  const path = encodeURIComponent(entity.name)
  const json = readJson(await send({ method: 'GET', path, query: parametersOf(entity, query) }))
  const total = (json as { $totalResults?: unknown } | null)?.$totalResults
  const totalResults = total === undefined || total === null ? undefined : Number(total)
  const resources = resourcesOf(json) ?? (totalResults === 0 ? [] : undefined)
  if (resources === undefined) throw new CrmAmbiguousError('the CRM answered something that is not a feed')
  return { totalResults, rows: resources.map((one) => toKnownRow(entity, one)) }
}

/** A row that cannot be told from others must not look like a row that is not there. */
function toKnownRow(entity: Entity, json: unknown): Row {
  const row = toRow(entity, json, entity.view ? '' : undefined)
  if (row === undefined) {
    throw new CrmMisconfiguredError(
      `${entity.name}: a row comes without $key, $url and ${entity.idField ?? 'id'}`,
    )
  }
  return row
}

function parametersOf(entity: Entity, query: FeedQuery): Record<string, string> {
  const { where, select, count, startIndex, orderBy } = query
  try {
    return {
      ...(where !== undefined && { where: buildWhere(where, entity) }),
      ...(select !== undefined && { select: select.map((name) => fieldOf(entity, name).name).join(',') }),
      ...(count !== undefined && { count: String(count) }),
      ...(startIndex !== undefined && { startIndex: String(startIndex) }),
      ...(orderBy !== undefined && { orderBy: order(entity, orderBy) }),
    }
  } catch (cause) {
    if (!(cause instanceof WhereError)) throw cause
    throw new CrmRejectedError(`${entity.name}: ${cause.message}`, [cause.message], { cause })
  }
}

function order(entity: Entity, orderBy: string): string {
  const { name } = fieldOf(entity, orderBy.replace(/ (asc|desc)$/i, ''))
  return / desc$/i.test(orderBy) ? `${name} desc` : name
}

/**
 * All rows, each once. Pages are index based and the CRM may give fewer rows than asked for, so the index advances by
 * what came; without a total the walk ends with the first page that brings nothing new.
 */
export async function walkPages(
  read: (query: FeedQuery) => Promise<Feed>,
  where: Expression,
  limit: number,
): Promise<Row[]> {
  const found = new Map<string, Row>()
  let startIndex = 1
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { rows, totalResults = Number.POSITIVE_INFINITY } = await read({
      where,
      startIndex,
      count: PAGE_SIZE,
    })
    const before = found.size
    for (const row of rows) found.set(row.key === '' ? `row ${found.size}` : row.key, row)
    startIndex += rows.length
    const isRepeated = totalResults === Number.POSITIVE_INFINITY && found.size === before
    if (rows.length === 0 || isRepeated || startIndex > totalResults || found.size >= limit)
      return [...found.values()].slice(0, limit)
  }
  throw new CrmMisconfiguredError(`the CRM's answer has no end after ${MAX_PAGES} pages`)
}

import type { Stored, StoredRow } from '../database/database.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'
import { findColumn } from '../entities/index.ts'
import type { FeedQuery } from '../http/query.ts'
import { refuse } from '../refusal.ts'
import { parseWhere, WhereSyntaxError } from '../where/parse.ts'
import { toSql, UnknownFieldError } from '../where/to-sql.ts'
import { type Crm, isLive } from './crm.ts'

export type Page = { readonly total: number; readonly rows: readonly StoredRow[] }

/** The live records that satisfy a condition, one page of them, in a stable order. Throws Refusal 400 when it cannot be read. */
export function readPage(crm: Crm, entity: EntityDefinition, query: FeedQuery): Page {
  const { sql, parameters } = conditionSql(crm, entity, query.where)
  const from = `FROM ${entity.name} WHERE ${isLive(entity)} AND (${sql})`
  const total = Number(crm.database.get(`SELECT count(*) AS total ${from}`, ...parameters)?.['total'])
  const order = [...orderSql(entity, query.orderBy), `"${entity.idColumn}"`].join(', ')
  const limits = [query.count, query.startIndex - 1]
  const rows = crm.database.all(
    `SELECT * ${from} ORDER BY ${order} LIMIT ? OFFSET ?`,
    ...parameters,
    ...limits,
  )
  return { total, rows }
}

/** The columns that `select` names; all of them without one. Throws Refusal 400 for an unknown name. */
export function selectedColumns(entity: EntityDefinition, select: string | undefined): readonly Column[] {
  if (select === undefined) return entity.columns
  return select.split(',').map((name) => requireColumn(entity, name.trim(), 'select'))
}

function conditionSql({ dialect }: Crm, entity: EntityDefinition, where: string | undefined) {
  if (where === undefined) return { sql: '1', parameters: [] as Stored[] }
  try {
    return toSql(parseWhere(where, dialect.whereOperators), entity.columns)
  } catch (error) {
    const isTheirs = error instanceof WhereSyntaxError || error instanceof UnknownFieldError
    throw isTheirs ? refuse(400, 'BadWhereSyntax', error.message) : error
  }
}

function orderSql(entity: EntityDefinition, orderBy: string | undefined): string[] {
  if (orderBy === undefined) return []
  return orderBy.split(',').map((term) => {
    const [name = '', direction = 'asc', ...more] = term.trim().split(/\s+/)
    const isDirection = /^(asc|desc)$/i.test(direction)
    if (!isDirection || more.length > 0)
      throw refuse(400, 'BadQueryParameter', `orderBy: cannot read "${term.trim()}"`)
    return `"${requireColumn(entity, name, 'orderBy').name}" ${direction}`
  })
}

function requireColumn(entity: EntityDefinition, name: string, parameter: string): Column {
  const column = findColumn(entity, name)
  if (column === undefined) {
    throw refuse(400, 'BadQueryParameter', `${parameter}: ${name} is not a field of ${entity.name}`)
  }
  return column
}

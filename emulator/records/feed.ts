import type { Stored, StoredRow } from '../database/database.ts'
import { OPERATORS } from '../dialects.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'
import { findColumn } from '../entities/index.ts'
import type { FeedQuery } from '../http/query.ts'
import { refuse } from '../refusal.ts'
import { parseWhere, WhereSyntaxError } from '../where/parse.ts'
import { toSql, UnknownFieldError } from '../where/to-sql.ts'
import { type Access, mayRead, readableColumns } from './access.ts'
import { type Crm, isVisible, type Session } from './crm.ts'

export type Page = { readonly total: number; readonly rows: readonly StoredRow[] }

/** The live records that satisfy a condition, one page of them, in a stable order. Throws Refusal 400 when it cannot be read. */
export function readPage(crm: Crm, entity: EntityDefinition, query: FeedQuery, session: Session): Page {
  const { page, total, parameters } = pageSql(crm, entity, query, session)
  const before = query.startIndex - 1
  const rows = crm.database.all(page, ...parameters, query.count, before)
  const isLast = rows.length < query.count && (rows.length > 0 || before === 0)
  if (isLast) return { total: before + rows.length, rows }
  return { total: Number(crm.database.get(total, ...parameters)?.['total']), rows }
}

/** SQL for one page (its last parameters are how many and after how many) and for the number of all records. */
export function pageSql(
  crm: Crm,
  entity: EntityDefinition,
  query: Pick<FeedQuery, 'where' | 'orderBy'>,
  session: Session,
) {
  const condition = conditionSql(crm, entity, query.where, session)
  const visible = isVisible(entity, session)
  const from = `FROM "${entity.name}" WHERE ${visible.sql} AND (${condition.sql})`
  const order = [...orderSql(entity, query.orderBy, session), `"${entity.idColumn}"`].join(', ')
  return {
    page: `SELECT * ${from} ORDER BY ${order} LIMIT ? OFFSET ?`,
    total: `SELECT count(*) AS total ${from}`,
    parameters: [...visible.parameters, ...condition.parameters],
  }
}

/** The columns that `select` names; all of them without one. Throws Refusal 400 for an unknown name. */
export function selectedColumns(
  entity: EntityDefinition,
  select: string | undefined,
  { access }: Session,
): readonly Column[] {
  if (select === undefined) return readableColumns(entity, access)
  const columns = select.split(',').map((name) => requireColumn(entity, name.trim(), 'select', access))
  return [...new Set(columns)]
}

function conditionSql(crm: Crm, entity: EntityDefinition, where: string | undefined, { access }: Session) {
  if (where === undefined) return { sql: '1', parameters: [] as Stored[] }
  const searched = { ...entity, columns: readableColumns(entity, access) }
  try {
    return toSql(parseWhere(where, OPERATORS[crm.dialect.operators]), searched, crm)
  } catch (error) {
    const isTheirs = error instanceof WhereSyntaxError || error instanceof UnknownFieldError
    throw isTheirs ? refuse(400, 'BadWhereSyntax', error.message) : error
  }
}

function orderSql(entity: EntityDefinition, orderBy: string | undefined, { access }: Session): string[] {
  if (orderBy === undefined) return []
  return orderBy.split(',').map((term) => {
    const [name = '', direction = 'asc', ...more] = term.trim().split(/\s+/)
    const isDirection = /^(asc|desc)$/i.test(direction)
    if (!isDirection || more.length > 0)
      throw refuse(400, 'BadQueryParameter', `orderBy: cannot read "${term.trim()}"`)
    return `"${requireColumn(entity, name, 'orderBy', access).name}" ${direction}`
  })
}

function requireColumn(entity: EntityDefinition, name: string, parameter: string, access: Access): Column {
  const column = findColumn(entity, name)
  if (column === undefined || !mayRead(access, column)) {
    throw refuse(400, 'BadQueryParameter', `${parameter}: ${name} is not a field of ${entity.name}`)
  }
  return column
}

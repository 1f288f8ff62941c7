import { codesOf, hasCode } from '../database/captions.ts'
import type { Stored } from '../database/database.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'
import { findColumn } from '../entities/index.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { type Access, FULL_ACCESS, mayRead, mayWrite } from './access.ts'
import { type Crm, hasRecord } from './crm.ts'
import { isTotal } from './quote-words.ts'
import { readValue } from './values.ts'

export type Body = Readonly<Record<string, unknown>>
export type Problem = { readonly path: string; readonly message: string }

/** The columns a body sets, by their stored names, and everything that is wrong with it. */
export type ReadBody = { readonly values: ReadonlyMap<string, Stored>; readonly problems: readonly Problem[] }

/** Reads the fields of a body; members beginning with `$` are the protocol's and left out. */
export function readFields(
  entity: EntityDefinition,
  body: Body,
  crm: Crm,
  access: Access = FULL_ACCESS,
): ReadBody {
  const values = new Map<string, Stored>()
  const problems: Problem[] = []
  for (const [key, value] of Object.entries(body)) {
    if (key.startsWith('$')) continue
    const column = findColumn(entity, key)
    const isKnown = column !== undefined && mayRead(access, column)
    if (!isKnown && crm.dialect.unknownFields === 'ignored') continue
    if (isKnown && isFixed(column, crm) && crm.dialect.readOnlyFields === 'ignored') continue
    const read = isKnown ? readColumn(column, value, crm, access) : unknownField(entity, key)
    if ('problem' in read) problems.push({ path: column?.name ?? key, message: read.problem })
    else if (column !== undefined) values.set(column.name, read.stored)
  }
  return { values, problems }
}

/** The mandatory columns that have no value. `only`: look at those alone. */
export function missingFields(
  entity: EntityDefinition,
  values: ReadonlyMap<string, Stored>,
  only?: ReadonlySet<string>,
): Problem[] {
  const wanted = entity.columns.filter(({ name, mandatory }) => mandatory && (only?.has(name) ?? true))
  const missing = wanted.filter(({ name }) => isBlank(values.get(name)))
  return missing.map(({ name }) => ({ path: name, message: `${name} is mandatory` }))
}

function isBlank(value: Stored | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
}

function unknownField(entity: EntityDefinition, key: string) {
  return { problem: `${key} is not a field of ${entity.name}` }
}

function readColumn(column: Column, value: unknown, crm: Crm, access: Access) {
  if (isFixed(column, crm)) return { problem: `${column.name} is read-only` }
  if (!mayWrite(access, column)) return { problem: `${column.name} is read-only for this user` }
  const read = readValue(column, value, crm)
  if ('isTooLong' in read && crm.dialect.tooLong === 'server-error') throw truncated(column)
  const problem = 'problem' in read ? read.problem : ruleBroken(column, read.stored, crm)
  return problem === undefined ? read : { problem: `${column.name} ${problem}` }
}

/** Read-only columns are the server's, but for the totals that it leaves to others. */
export function isFixed({ readOnly, name }: Column, { dialect }: Pick<Crm, 'dialect'>): boolean {
  return readOnly === true && !(dialect.rollUps === 'off' && isTotal(name))
}

/** What SQL Server says when nobody has looked at the length before. */
function truncated({ name }: Column): Refusal {
  const message = `String or binary data would be truncated. Column '${name}'.`
  return refuse(500, 'ApplicationDiagnosis', message)
}

/** What only the database knows: the codes of a selection list and which records exist. */
function ruleBroken(column: Column, stored: Stored, crm: Crm): string | undefined {
  if (stored === null || stored === '') return undefined
  if (column.family !== undefined && crm.dialect.selectionLists === 'unchecked') return undefined
  if (column.family !== undefined) {
    const { family } = column
    const given = column.type === 'multichoice' ? String(stored).split(',').filter(Boolean) : [stored]
    const unknown = given.find((one) => !hasCode(crm.database, family, one))
    const codes = unknown === undefined ? [] : codesOf(crm.database, family)
    if (codes.length === 0) return undefined
    return `has no code "${unknown}"; it has ${codes.map(({ code }) => code).join(', ')}`
  }
  if (column.refersTo === undefined || hasRecord(crm, column.refersTo, stored)) return undefined
  return `names no ${column.refersTo}: there is none with the id ${stored}`
}

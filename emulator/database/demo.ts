import { entityNamed } from '../entities/index.ts'
import { FULL_ACCESS } from '../records/access.ts'
import { createRecord } from '../records/create.ts'
import type { Crm, Session } from '../records/crm.ts'
import { insertRecord } from '../records/insert.ts'
import type { Stored, StoredRow } from './database.ts'
import { DEMO } from './demo/index.ts'
import type { DemoRecord, Named } from './demo/record.ts'

/** The day most of the demo records were made; the same for everybody. */
const MADE_AT = '2026-01-12T09:00:00Z'
const FIRST_COMPANY = 'Gatecom Inc.'

/**
 * Fills a database with the demo company base, unless its first company is there already. People made it at the
 * screen, so its quotes add up whatever REST does.
 */
export function seedDemo(crm: Crm, userId: number): void {
  const known = crm.database.get('SELECT 1 FROM Company WHERE Comp_Name = ?', FIRST_COMPANY)
  if (known !== undefined) return
  const session = { userId, baseUrl: '', access: FULL_ACCESS }
  crm.database.transaction(() => {
    const idOf = idsByTitle(crm)
    for (const record of DEMO) addRecord(crm, record, session, idOf)
  })
}

type IdOf = (name: Named['named']) => number

function addRecord(
  crm: Crm,
  { entity, fields, at = MADE_AT, id }: DemoRecord,
  session: Session,
  idOf: IdOf,
): void {
  const then = { ...crm, now: () => new Date(at), dialect: { ...crm.dialect, rollUps: 'on' as const } }
  const definition = entityNamed(entity)
  const body = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isNamed(value) ? idOf(value.named) : value]),
  )
  if (id === undefined) createRecord(then, definition, body, session)
  else {
    const values = Object.entries({ [definition.idColumn]: id, ...body }) as [string, Stored][]
    insertRecord(then, definition, new Map(values), session)
  }
}

function isNamed(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && 'named' in value
}

/** Ids by titles, or a part of one, read once for each entity: when the first of its records is named, all are there. */
function idsByTitle({ database }: Crm): IdOf {
  const known = new Map<string, ReadonlyMap<string, number>>()
  const read = (name: string) => {
    const { idColumn, title } = entityNamed(name)
    const columns = title.map((column) => `"${column}"`).join(', ')
    const rows = database.all(`SELECT "${idColumn}" AS id, ${columns} FROM "${name}"`)
    const partsOf = (row: StoredRow) => title.map((column) => row[column] ?? null)
    return new Map(rows.flatMap((row) => namesOf(partsOf(row)).map((one) => [one, Number(row['id'])])))
  }
  return ([entity, title]) => {
    const ids = known.get(entity) ?? read(entity)
    known.set(entity, ids)
    const id = ids.get(title)
    if (id === undefined) throw new Error(`the demo has no ${entity} called "${title}"`)
    return id
  }
}

function namesOf(parts: readonly Stored[]): string[] {
  return [...parts.map(String), parts.join(' ')]
}

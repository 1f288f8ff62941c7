import type { Stored, StoredRow } from '../database/database.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { entityNamed } from '../entities/index.ts'
import { notes } from '../entities/notes.ts'
import { type ChildRelation, relationsOf } from '../entities/relations.ts'
import { isInTerritories } from './access.ts'
import { type Crm, findRecord, isLive, type Session } from './crm.ts'
import { entryJson, type Inside } from './entry.ts'
import { isLinkable, linkedRecords, type Owner } from './links.ts'

/** The records an entry shows inside itself, under the names of their entities. */
export function linkedEntries(crm: Crm, entity: EntityDefinition, row: StoredRow, session: Session): Inside {
  const owner = { entity, id: Number(row[entity.idColumn]) }
  const relations = relationsOf(entity.name)
  const parents = relations.parents.map(
    ({ entity: name, column }) => [name, rowsById(crm, entityNamed(name), row[column] ?? null)] as const,
  )
  const children = relations.children.map(
    (relation) => [relation.entity, childRows(crm, owner, row, relation)] as const,
  )
  const shown = new Map<string, string>()
  for (const [name, rows] of [...parents, ...children]) {
    const json = showRows(crm, entityNamed(name), rows, session)
    if (json !== undefined) shown.set(name, json)
  }
  if (relations.notes) shown.set('Notes', resources(crm, notes, notesOf(crm, owner), session))
  return shown
}

function rowsById(crm: Crm, entity: EntityDefinition, id: Stored): StoredRow[] {
  const found = id === null ? undefined : findRecord(crm, entity, id)
  return found === undefined ? [] : [found]
}

/** The default one first: the one the owner names as its primary, or else the one its link calls the default. */
function childRows(
  crm: Crm,
  owner: Owner,
  row: StoredRow,
  { entity: name, primary, ownerColumn }: ChildRelation,
) {
  const entity = entityNamed(name)
  const first = primary === undefined ? [] : rowsById(crm, entity, row[primary] ?? null)
  const linked = isLinkable(entity) ? linkedRecords(crm, owner, entity) : []
  const owned = ownerColumn === undefined ? [] : ownedRecords(crm, owner, entity, ownerColumn)
  const byId = new Map([...first, ...linked, ...owned].map((one) => [one[entity.idColumn], one]))
  return [...byId.values()]
}

function ownedRecords(
  { database }: Crm,
  owner: Owner,
  entity: EntityDefinition,
  ownerColumn: string,
): StoredRow[] {
  const sql = `SELECT * FROM ${entity.name} WHERE "${ownerColumn}" = ? AND ${isLive(entity)} ORDER BY "${entity.idColumn}"`
  return database.all(sql, owner.id)
}

function notesOf({ database }: Crm, owner: Owner): StoredRow[] {
  return database.all(
    `SELECT * FROM Notes WHERE Note_ForeignTableId = ? AND Note_ForeignId = ? AND ${isLive(notes)} ORDER BY Note_NoteId`,
    owner.entity.tableId,
    owner.id,
  )
}

function showRows(
  crm: Crm,
  entity: EntityDefinition,
  rows: readonly StoredRow[],
  session: Session,
): string | undefined {
  if (crm.dialect.linked === 'resources') return resources(crm, entity, rows, session)
  const [first] = rows.filter((row) => isInTerritories(entity, row, session.access, session.userId))
  return first && entryJson(crm, entity, first, session)
}

function resources(crm: Crm, entity: EntityDefinition, rows: readonly StoredRow[], session: Session): string {
  const visible = rows.filter((row) => isInTerritories(entity, row, session.access, session.userId))
  return `{"$resources":[${visible.map((row) => entryJson(crm, entity, row, session)).join()}]}`
}

import type { EntityDefinition } from '../entities/entity.ts'
import { refuseFields } from '../refusal.ts'
import { type Body, missingFields, readFields } from './body.ts'
import { type Crm, findRecord, type Session } from './crm.ts'
import { changeStamp, setColumns } from './insert.ts'
import { rulesOf, settle } from './rules.ts'
import { instant } from './values.ts'

/**
 * Changes the columns a body names; what it leaves out stays, an explicit null clears. Returns their names.
 * @throws Refusal 400 naming every field that is wrong; nothing is changed then
 */
export function changeRecord(
  crm: Crm,
  entity: EntityDefinition,
  id: number,
  body: Body,
  { userId, access }: Session,
): ReadonlySet<string> {
  const { values, problems } = readFields(entity, body, crm, access)
  const submitted = new Set(values.keys())
  const before = findRecord(crm, entity, id)
  const completed = rulesOf(entity)?.complete(crm, values, before)
  const all = [...problems, ...missingFields(entity, values, submitted), ...(completed?.problems ?? [])]
  if (all.length > 0) throw refuseFields(all)
  const stamp = changeStamp(entity, userId, instant(crm.now()))
  crm.database.transaction(() => {
    setColumns(crm, entity, id, new Map([...(completed?.values ?? values), ...stamp]))
    settle(crm, entity, id, before)
  })
  return submitted
}

/** Marks a record as deleted; Sage CRM keeps it. */
export function deleteRecord(crm: Crm, entity: EntityDefinition, id: number, { userId }: Session): void {
  const stamp = changeStamp(entity, userId, instant(crm.now()))
  crm.database.transaction(() => {
    setColumns(crm, entity, id, new Map([[`${entity.prefix}_Deleted`, 1], ...stamp]))
    settle(crm, entity, id)
  })
}

import type { EntityDefinition } from '../entities/entity.ts'
import { refuseFields } from '../refusal.ts'
import { type Body, missingFields, readFields } from './body.ts'
import type { Crm, Session } from './crm.ts'
import { changeStamp, setColumns } from './insert.ts'
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
  { userId }: Session,
): ReadonlySet<string> {
  const { values, problems } = readFields(entity, body, crm)
  const submitted = new Set(values.keys())
  const all = [...problems, ...missingFields(entity, values, submitted)]
  if (all.length > 0) throw refuseFields(all)
  const stamp = changeStamp(entity, userId, instant(crm.now()))
  setColumns(crm, entity, id, new Map([...values, ...stamp]))
  return submitted
}

/** Marks a record as deleted; Sage CRM keeps it. */
export function deleteRecord(crm: Crm, entity: EntityDefinition, id: number, { userId }: Session): void {
  const stamp = changeStamp(entity, userId, instant(crm.now()))
  setColumns(crm, entity, id, new Map([[`${entity.prefix}_Deleted`, 1], ...stamp]))
}

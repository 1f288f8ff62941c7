import type { StoredRow } from '../database/database.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import type { Crm } from './crm.ts'

export type Owner = { readonly entity: EntityDefinition; readonly id: number }
export type Link = {
  readonly target: EntityDefinition
  readonly id: number
  readonly type: string | null
  readonly isDefault: boolean
}

export function addLink({ database }: Crm, owner: Owner, { target, id, type, isDefault }: Link): void {
  database.run(
    'INSERT INTO RecordLink (OwnerTable, OwnerId, Target, TargetId, Type, IsDefault) VALUES (?, ?, ?, ?, ?, ?)',
    owner.entity.tableId,
    owner.id,
    target.name,
    id,
    type,
    isDefault ? 1 : 0,
  )
}

/** The live records of an entity linked to the owner, the default one first. */
export function linkedRecords({ database }: Crm, owner: Owner, target: EntityDefinition): StoredRow[] {
  return database.all(
    `SELECT t.* FROM RecordLink l JOIN ${target.name} t ON t."${target.idColumn}" = l.TargetId
     WHERE l.OwnerTable = ? AND l.OwnerId = ? AND l.Target = ? AND t."${target.prefix}_Deleted" IS NULL
     ORDER BY l.IsDefault DESC, l.TargetId`,
    owner.entity.tableId,
    owner.id,
    target.name,
  )
}

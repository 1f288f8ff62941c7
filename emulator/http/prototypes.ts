import { codesOf } from '../database/captions.ts'
import type { Column, ColumnType, EntityDefinition } from '../entities/entity.ts'
import { entities, findEntity } from '../entities/index.ts'
import { type Access, mayWrite, readableColumns } from '../records/access.ts'
import { isFixed } from '../records/body.ts'
import type { Crm, Session } from '../records/crm.ts'
import { refuse } from '../refusal.ts'
import type { Dialect } from '../switches.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * `$prototypes` and `$prototypes/{entity}`. Members as in Sage's own sample client; `$type` names, `$maxLength` and
 * `$item.$enum` as in the SData 2.0 standard (05-0700), because no answer of a real Sage CRM is public.
 * @throws Refusal 404 for an unknown entity
 */
export function prototypes(crm: Crm, name: string, session: Session): Json {
  if (name === '') {
    const all = entities.map((entity) => prototype(crm, entity, session))
    return { $totalResults: all.length, $resources: all }
  }
  const entity = findEntity(name)
  if (entity === undefined) throw refuse(404, 'ResourceKindNotFound', `there is no resource "${name}"`)
  return prototype(crm, entity, session)
}

function prototype(crm: Crm, entity: EntityDefinition, { baseUrl, access }: Session): Json {
  const isReadOnly = entity.readOnly ?? entity.view !== undefined
  const columns = crm.dialect.securedFields === 'shown' ? entity.columns : readableColumns(entity, access)
  const properties = columns.map(
    (column) => [column.name, property(crm, column, isReadOnly, access)] as const,
  )
  return {
    $title: entity.name,
    $baseUrl: baseUrl,
    $url: `${baseUrl}/$prototypes/${entity.name}`,
    $resourceId: entity.tableId,
    $resourceKind: entity.name,
    $properties: Object.fromEntries(properties),
  }
}

function property(crm: Crm, column: Column, isReadOnly: boolean, access: Access): Json {
  const { database, dialect } = crm
  const listed = dialect.prototypeChoices === 'enum' ? column.family : undefined
  const codes = listed === undefined ? [] : codesOf(database, listed)
  return {
    $title: column.caption ?? captionOf(column.name),
    $type: typeName(column, dialect),
    $isMandatory: column.mandatory ?? false,
    $isHidden: column.hidden ?? false,
    $isReadOnly: isReadOnly || isFixed(column, crm) || !mayWrite(access, column),
    ...(column.maxLength !== undefined &&
      dialect.prototypeLengths === 'shown' && { $maxLength: column.maxLength }),
    ...(listed !== undefined && {
      $item: {
        $type: 'sdata/string',
        $enum: codes.map(({ code, caption }) => ({ $value: code, $title: caption })),
      },
    }),
  }
}

/** The names of the standard where they are not ours (SData 2.0, 05-0700). */
const SDATA_NAMES: Readonly<Partial<Record<ColumnType, string>>> = { text: 'string', multichoice: 'array' }

function typeName({ type }: Column, { prototypeTypes }: Dialect): string {
  const name = SDATA_NAMES[type] ?? type
  const spelt = { sdata: `sdata/${name}`, bare: name, capital: name.charAt(0).toUpperCase() + name.slice(1) }
  return spelt[prototypeTypes]
}

/** `Pers_FirstName` → `First Name` */
function captionOf(name: string): string {
  const words = name.replace(/^[^_]*_/, '').replace(/([a-z\d])([A-Z])/g, '$1 $2')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

import { codesOf } from '../database/captions.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'
import { entities, findEntity } from '../entities/index.ts'
import type { Crm, Session } from '../records/crm.ts'
import { refuse } from '../refusal.ts'

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

function prototype(crm: Crm, entity: EntityDefinition, { baseUrl }: Session): Json {
  const isReadOnly = entity.readOnly ?? entity.view !== undefined
  const properties = entity.columns.map(
    (column) => [column.name, property(crm, entity, column, isReadOnly)] as const,
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

function property({ database }: Crm, entity: EntityDefinition, column: Column, isReadOnly: boolean): Json {
  const codes = column.family === undefined ? [] : codesOf(database, column.family)
  return {
    $title: column.caption ?? captionOf(column.name),
    $type: `sdata/${column.type === 'text' ? 'string' : column.type}`,
    $isMandatory: column.mandatory ?? false,
    $isHidden: column.hidden ?? false,
    $isReadOnly: isReadOnly || (column.readOnly ?? column.name === entity.idColumn),
    ...(column.maxLength !== undefined && { $maxLength: column.maxLength }),
    ...(column.type === 'choice' && {
      $item: {
        $type: 'sdata/string',
        $enum: codes.map(({ code, caption }) => ({ $value: code, $title: caption })),
      },
    }),
  }
}

/** `Pers_FirstName` → `First Name` */
function captionOf(name: string): string {
  const words = name.replace(/^[^_]*_/, '').replace(/([a-z\d])([A-Z])/g, '$1 $2')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

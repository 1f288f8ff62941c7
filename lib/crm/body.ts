import { CrmRejectedError } from './errors.ts'
import type { Child, Children } from './plan.ts'
import type { Entity } from './prototypes/field.ts'
import { describeIssues, givenTwice, inStoredCasing, schemasOf } from './prototypes/schema.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The body of a create: the fields and, under their keys, the children of a deep insert, all checked against the
 * prototypes, so that nothing is sent that the CRM would refuse.
 * @throws CrmRejectedError naming every field and rule that is broken
 */
export async function checkedBody(
  entity: Entity,
  fields: Fields,
  children: Children,
  entities: (name: string) => Promise<Entity>,
): Promise<Fields> {
  const body = checked(entity, fields, 'create')
  const nested = await Promise.all(
    Object.entries(children).map(async ([key, list]) => {
      const childEntity = await entities(key)
      return [key, list.map((child) => childBody(childEntity, child))] as const
    }),
  )
  return { ...body, ...Object.fromEntries(nested) }
}

/** The body of a partial update. Throws CrmRejectedError like checkedBody. */
export function checkedChanges(entity: Entity, fields: Fields): Fields {
  return checked(entity, fields, 'update')
}

function childBody(entity: Entity, child: Child): Fields {
  return {
    $type: child.type,
    $isDefault: child.isDefault ?? false,
    ...checked(entity, child.fields, 'create'),
  }
}

function checked(entity: Entity, fields: Fields, purpose: 'create' | 'update'): Fields {
  refuseView(entity)
  const result = schemasOf(entity)[purpose].safeParse(inStoredCasing(entity, fields))
  const issues = [...givenTwice(fields), ...(result.success ? [] : describeIssues(entity, result.error))]
  if (result.success && issues.length === 0) return result.data
  throw new CrmRejectedError(`${entity.name}: ${issues.join('; ')}`, issues)
}

/** @throws CrmRejectedError for a view */
export function refuseView({ name, view }: Entity): void {
  if (view) throw new CrmRejectedError(`${name} is a view`, [`${name}: a view cannot be written`])
}

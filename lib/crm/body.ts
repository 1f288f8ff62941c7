import { CrmRejectedError } from './errors.ts'
import { withNumbers } from './json-numbers.ts'
import type { Child } from './plan.ts'
import { type Entity, findField } from './prototypes/field.ts'
import { describeIssues, givenTwice, inStoredCasing, schemasOf } from './prototypes/schema.ts'
import type { GivenChildren } from './typed.ts'
import { isDate } from './where.ts'
import { type Clock, toWire } from './zone.ts'

type Fields = Readonly<Record<string, unknown>>
/** What a body is checked against, and how this CRM writes times. */
type BodyContext = { readonly entities: (name: string) => Promise<Entity>; readonly clock: Clock }

/**
 * The body of a create: the fields and, under their keys, the children of a deep insert, all checked against the
 * prototypes, so that nothing is sent that the CRM would refuse.
 * @throws CrmRejectedError naming every field and rule that is broken
 */
export async function checkedBody(
  entity: Entity,
  fields: Fields,
  children: GivenChildren,
  { entities, clock }: BodyContext,
): Promise<Fields> {
  const body = checked(entity, fields, 'create', clock)
  const nested = await Promise.all(
    Object.entries(children).map(async ([key, given]) => {
      const childEntity = await entities(key)
      const nest = (child: Child) => childBody(childEntity, child, clock)
      return [key, isOne(given) ? nest(given) : given.map(nest)] as const
    }),
  )
  return { ...body, ...Object.fromEntries(nested) }
}

/** The body of a partial update. Throws CrmRejectedError like checkedBody. */
export function checkedChanges(entity: Entity, fields: Fields, clock: Clock): Fields {
  return checked(entity, fields, 'update', clock)
}

function isOne(given: Child | readonly Child[]): given is Child {
  return !Array.isArray(given)
}

function childBody(entity: Entity, child: Child, clock: Clock): Fields {
  return {
    $type: child.type,
    $isDefault: child.isDefault ?? false,
    ...checked(entity, child.fields, 'create', clock),
  }
}

function checked(entity: Entity, fields: Fields, purpose: 'create' | 'update', clock: Clock): Fields {
  refuseView(entity)
  const timed = inCrmTime(entity, inStoredCasing(entity, fields), clock)
  const result = schemasOf(entity)[purpose].safeParse(timed)
  const issues = [...givenTwice(fields), ...(result.success ? [] : describeIssues(entity, result.error))]
  if (result.success && issues.length === 0) return withNumbers(entity, result.data)
  throw new CrmRejectedError(`${entity.name}: ${issues.join('; ')}`, issues)
}

/** Times as this CRM writes them. What is no time stays, for the schema to name. */
function inCrmTime(entity: Entity, fields: Fields, clock: Clock): Fields {
  const timed = Object.entries(fields).map(([name, value]) => {
    const field = typeof value === 'string' && value !== '' ? findField(entity, name) : undefined
    return [name, field !== undefined && isDate(field) ? toWire(String(value), clock) : value] as const
  })
  return Object.fromEntries(timed)
}

/** @throws CrmRejectedError for a view */
export function refuseView({ name, view }: Entity): void {
  if (view) throw new CrmRejectedError(`${name} is a view`, [`${name}: a view cannot be written`])
}

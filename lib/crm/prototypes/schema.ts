import * as z from '../../values/schema.ts'
import { type Entity, type Field, findField, isRequired } from './field.ts'
import { readSchema } from './read-schema.ts'
import { valueSchema } from './value-schema.ts'

/** What an entity accepts and returns, from one set of fields. */
export type EntitySchemas = {
  /** Mandatory fields required, read-only ones refused, nothing unknown. */
  readonly create: z.ZodMiniType<Fields>
  /** Any part of the writable fields; null clears what is not mandatory. */
  readonly update: z.ZodMiniType<Fields>
  /** What comes back, in one form each: numbers as numbers, amounts as text, checkboxes as booleans, codes as lists. */
  readonly read: z.ZodMiniType<Fields>
}
type Fields = Record<string, unknown>

const built = new WeakMap<Entity, EntitySchemas>()

/** The schemas of an entity; each is built when it is first used. */
export function schemasOf(entity: Entity): EntitySchemas {
  const known = built.get(entity)
  if (known !== undefined) return known
  const schemas = lazily(entity)
  built.set(entity, schemas)
  return schemas
}

function lazily(entity: Entity): EntitySchemas {
  const writable = entity.fields.filter((field) => !field.readOnly)
  return {
    create: z.lazy(() => z.strictObject(shape(writable, forCreate))),
    update: z.lazy(() => z.strictObject(shape(writable, forUpdate))),
    read: z.lazy(() => z.looseObject(shape(entity.fields, readSchema))),
  }
}

function shape(
  fields: readonly Field[],
  rule: (field: Field) => z.ZodMiniType,
): Record<string, z.ZodMiniType> {
  return Object.fromEntries(fields.map((field) => [field.name, rule(field)]))
}

function forCreate(field: Field): z.ZodMiniType {
  return isRequired(field) ? valueSchema(field) : forUpdate(field)
}

function forUpdate(field: Field): z.ZodMiniType {
  return field.mandatory ? z.optional(valueSchema(field)) : z.nullish(valueSchema(field))
}

/** The fields with each name in the entity's own casing; unknown names stay as they are. */
export function inStoredCasing(entity: Entity, fields: Readonly<Fields>): Fields {
  const names = new Map(entity.fields.map(({ name }) => [name.toLowerCase(), name]))
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [names.get(name.toLowerCase()) ?? name, value]),
  )
}

/** `Field: rule` for every name that is there in two casings: the CRM would take either. */
export function givenTwice(fields: Readonly<Fields>): string[] {
  const seen = new Set<string>()
  return Object.keys(fields).flatMap((name) => {
    const isNew = !seen.has(name.toLowerCase())
    seen.add(name.toLowerCase())
    return isNew ? [] : [`${name}: is given twice`]
  })
}

/** Every broken rule as `Field (Caption): rule`. */
export function describeIssues(entity: Entity, error: z.core.$ZodError): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${labelOf(entity, key)}: ${whyRefused(entity, key)}`)
    return [`${labelOf(entity, String(issue.path[0] ?? entity.name))}: ${issue.message}`]
  })
}

function labelOf(entity: Entity, key: string): string {
  const caption = findField(entity, key)?.caption || key
  return caption === key ? key : `${key} (${caption})`
}

function whyRefused(entity: Entity, key: string): string {
  return findField(entity, key)?.readOnly ? 'is read-only' : `is not a field of ${entity.name}`
}

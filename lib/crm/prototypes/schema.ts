import * as z from 'zod'
import { type Entity, type Field, findField } from './field.ts'

/** What an entity accepts and returns, from one set of fields. */
export type EntitySchemas = {
  /** Mandatory fields required, read-only ones refused, nothing unknown. */
  readonly create: z.ZodType<Fields>
  /** Any part of the writable fields; null clears what is not mandatory. */
  readonly update: z.ZodType<Fields>
  /** Whatever comes back. */
  readonly read: z.ZodType<Fields>
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
    read: z.lazy(() => z.looseObject(shape(entity.fields, () => z.unknown().optional()))),
  }
}

function shape(fields: readonly Field[], rule: (field: Field) => z.ZodType): Record<string, z.ZodType> {
  return Object.fromEntries(fields.map((field) => [field.name, rule(field)]))
}

function forCreate(field: Field): z.ZodType {
  return field.mandatory ? valueSchema(field) : valueSchema(field).nullish()
}

function forUpdate(field: Field): z.ZodType {
  return field.mandatory ? valueSchema(field).optional() : valueSchema(field).nullish()
}

const INTEGER = z.union([z.number().int(), z.string().regex(/^-?\d+$/, 'a whole number')])

/** Sage CRM's own form has whole seconds in UTC: `2017-06-27T23:00:00Z`. Some installations may use their own zone. */
const DATETIME = z.iso.datetime({ error: 'a time like 2026-11-24T02:30:00Z', offset: true, local: true })

/** A value as it may be sent. Numbers may be strings: ids and amounts are, with us. */
function valueSchema(field: Field): z.ZodType {
  switch (field.type) {
    case 'integer':
    case 'reference':
      return INTEGER
    case 'decimal':
      return z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal number')])
    case 'boolean':
      return z.union([z.boolean(), z.enum(['Y', 'N', ''])])
    case 'datetime':
      return DATETIME
    case 'choice':
      return choice(field)
    default:
      return text(field)
  }
}

function choice(field: Field): z.ZodType {
  const codes = field.choices?.map(({ code }) => code) ?? []
  return codes.length === 0 ? text(field) : z.enum(codes, { error: `one of the codes ${codes.join(', ')}` })
}

function text(field: Field): z.ZodType {
  const base = field.mandatory ? z.string().min(1, 'must not be empty') : z.string()
  if (field.maxLength === undefined) return base
  const { maxLength } = field
  return base.max(maxLength, {
    error: ({ input }) => `at most ${maxLength} characters (has ${String(input).length})`,
  })
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

/** Every broken rule as `Field: rule`. */
export function describeIssues(entity: Entity, error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${key}: ${whyRefused(entity, key)}`)
    return [`${issue.path.join('.')}: ${issue.message}`]
  })
}

function whyRefused(entity: Entity, key: string): string {
  return findField(entity, key)?.readOnly ? 'is read-only' : `is not a field of ${entity.name}`
}

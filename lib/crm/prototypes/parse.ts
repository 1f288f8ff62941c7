import * as z from '../../values/schema.ts'
import type { Choice, Entity, Field, FieldType } from './field.ts'
import { idFieldOf } from './id-field.ts'
import { referenceOf } from './references.ts'

/** null for what cannot be read. */
function orNull<Shape extends z.ZodMiniType>(shape: Shape) {
  const read = (value: unknown): z.infer<Shape> | null => {
    const result = z.safeParse(shape, value)
    return result.success ? result.data : null
  }
  return z.optional(z.pipe(z.unknown(), z.transform(read)))
}

/** JSON says true; a page of settings may say "true". */
const Flag = orNull(z.union([z.boolean(), z.stringbool()]))
const Length = orNull(z.coerce.number())
const Code = z.pipe(z.union([z.string(), z.number()]), z.transform(String))
const Choices = orNull(z.array(z.unknown()))

/**
 * What `$prototypes/{entity}` answers. Member names are those of Sage's own sample client
 * (Sage/sage_crm_rest_api_client); `$type`, `$item.$enum` and lengths are the SData 2.0 standard's
 * (pages/20/05-0700), read in every spelling that has been seen or suggested.
 */
const Property = z.looseObject({
  $title: orNull(z.string()),
  $type: orNull(z.string()),
  $isMandatory: Flag,
  $isReadOnly: Flag,
  $isHidden: Flag,
  $maxLength: Length,
  $length: Length,
  $enum: Choices,
  $item: orNull(z.looseObject({ $enum: Choices })),
})
type Property = z.infer<typeof Property>

const Prototype = z.looseObject({
  $resourceKind: z.string(),
  $resourceId: z.pipe(z.pipe(z.union([z.number(), z.string()]), z.transform(Number)), z.int()),
  $properties: z.record(z.string(), Property),
})

/** One choice: `{ $value, $title }`, or the bare code. */
const EnumItem = z.union([
  z.looseObject({ $value: Code, $title: z.nullish(z.string()) }),
  z.pipe(
    Code,
    z.transform((code) => ({ $value: code, $title: null })),
  ),
])

/** SData type names, with and without the `sdata/` prefix, as we call them. */
const TYPES: Readonly<Record<string, FieldType>> = {
  string: 'string',
  integer: 'integer',
  decimal: 'decimal',
  number: 'decimal',
  boolean: 'boolean',
  date: 'datetime',
  time: 'string',
  datetime: 'datetime',
  choice: 'choice',
  array: 'multi-choice',
  reference: 'reference',
}

export type ParsedEntity = {
  readonly entity: Entity
  /** What was not understood and taken as text; loud when generating, harmless when running. */
  readonly warnings: readonly string[]
}

/**
 * Reads one prototype. `askedAs` tells a view from an entity where the CRM gives the name in another casing.
 * Throws ZodError when it is not one.
 */
export function parsePrototype(json: unknown, askedAs = ''): ParsedEntity {
  const { $resourceKind: name, $resourceId: tableId, $properties } = Prototype.parse(json)
  const warnings: string[] = []
  const plain = Object.entries($properties)
    .filter(([field]) => !field.startsWith('$'))
    .map(([field, property]) => toField(field, property, warnings))
  const view = isView(name) || isView(askedAs)
  const idField = view ? undefined : idFieldOf(name, plain)
  const fields = plain.map((field) => (field.name === idField ? field : withReference(field)))
  return { entity: { name, tableId, view, ...(idField !== undefined && { idField }), fields }, warnings }
}

/** Views are named `v` and an upper-case letter: vPerson, vAddressCompany. */
function isView(name: string): boolean {
  return /^v[A-Z]/.test(name)
}

function withReference(field: Field): Field {
  const references = referenceOf(field)
  return references === undefined ? field : { ...field, references }
}

function toField(name: string, property: Property, warnings: string[]): Field {
  const maxLength = property.$maxLength ?? property.$length
  const choices = choicesOf(name, property, warnings)
  return {
    name,
    caption: property.$title || name,
    type: typeOf(name, property, warnings),
    mandatory: property.$isMandatory ?? false,
    readOnly: property.$isReadOnly ?? false,
    hidden: property.$isHidden ?? false,
    ...(typeof maxLength === 'number' && maxLength > 0 && { maxLength }),
    ...(choices.length > 0 && { choices }),
  }
}

function typeOf(name: string, { $type }: Property, warnings: string[]): FieldType {
  const known = TYPES[($type ?? '').replace(/^sdata\//i, '').toLowerCase()]
  if (known === undefined) warnings.push(`${name}: type "${$type ?? ''}" is not known, taken as text`)
  return known ?? 'string'
}

function choicesOf(name: string, { $enum, $item }: Property, warnings: string[]): Choice[] {
  return ($enum ?? $item?.$enum ?? []).flatMap((item) => {
    const parsed = EnumItem.safeParse(item)
    if (!parsed.success) warnings.push(`${name}: one of its choices is not understood and left out`)
    if (!parsed.success || parsed.data.$value === '') return []
    return [{ code: parsed.data.$value, caption: parsed.data.$title ?? parsed.data.$value }]
  })
}

import * as z from 'zod'
import type { Choice, Entity, Field, FieldType } from './field.ts'

/**
 * What `$prototypes/{entity}` answers. Member names are those of Sage's own sample client
 * (Sage/sage_crm_rest_api_client); `$type`, `$item.$enum` and lengths are the SData 2.0 standard's
 * (pages/20/05-0700), read in every spelling that has been seen or suggested.
 */
const Property = z.looseObject({
  $title: z.string().nullish(),
  $type: z.string().nullish(),
  $isMandatory: z.boolean().nullish(),
  $isReadOnly: z.boolean().nullish(),
  $isHidden: z.boolean().nullish(),
  $maxLength: z.number().nullish(),
  $length: z.number().nullish(),
  $enum: z.array(z.unknown()).nullish(),
  $item: z.looseObject({ $enum: z.array(z.unknown()).nullish() }).nullish(),
})
type Property = z.infer<typeof Property>

const Prototype = z.looseObject({
  $resourceKind: z.string(),
  $resourceId: z.union([z.number(), z.string()]).transform(Number),
  $properties: z.record(z.string(), Property),
})

const EnumItem = z.looseObject({
  $value: z.union([z.string(), z.number()]).transform(String),
  $title: z.string().nullish(),
})

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

/** Reads one prototype. Throws ZodError when it is not one. */
export function parsePrototype(json: unknown): ParsedEntity {
  const prototype = Prototype.parse(json)
  const warnings: string[] = []
  const fields = Object.entries(prototype.$properties)
    .filter(([name]) => !name.startsWith('$'))
    .map(([name, property]) => toField(name, property, warnings))
  const name = prototype.$resourceKind
  const view = isView(name)
  return { entity: { name, tableId: prototype.$resourceId, view, fields }, warnings }
}

/** Views are named `v` and an upper-case letter: vPerson, vAddressCompany. */
function isView(name: string): boolean {
  return /^v[A-Z]/.test(name)
}

function toField(name: string, property: Property, warnings: string[]): Field {
  const maxLength = property.$maxLength ?? property.$length
  const choices = choicesOf(property)
  return {
    name,
    caption: property.$title ?? name,
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

function choicesOf({ $enum, $item }: Property): Choice[] {
  return ($enum ?? $item?.$enum ?? []).flatMap((item) => {
    const parsed = EnumItem.safeParse(item)
    if (!parsed.success || parsed.data.$value === '') return []
    return [{ code: parsed.data.$value, caption: parsed.data.$title ?? parsed.data.$value }]
  })
}

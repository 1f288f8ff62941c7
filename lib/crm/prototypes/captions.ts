import type { CrmClient } from '../client.ts'
import type { Row } from '../row.ts'
import type { Choice, Entity, Field } from './field.ts'

/** Selection lists by the lower-case name of their family. */
export type Families = ReadonlyMap<string, readonly Choice[]>

/** Fields whose family is another field's. Observed on a live install; `crm.captionFamilies` names more. */
export const SHARED_FAMILIES: Readonly<Record<string, string>> = { oppo_source: 'Comp_Source' }

const ROWS_A_PAGE = 1_000
/** The caption that every list has, and that the others are compared with. */
const FIRST_LANGUAGE = 'US'

/**
 * Every selection list of the CRM, from Custom_Captions: `Capt_Family`, `Capt_Code`, and a column for each language.
 * @param entity the prototype of Custom_Captions, which says which languages there are
 * @throws CrmError
 */
export async function readFamilies(client: CrmClient, entity: Entity): Promise<Families> {
  const languages = entity.fields.flatMap(({ name }) => /^capt_([a-z]{2})$/i.exec(name)?.[1] ?? [])
  const where = { op: 'eq', field: 'capt_familytype', value: 'Choices' } as const
  const rows: Row[] = []
  for await (const page of client.entity(entity.name).pages({ where, count: ROWS_A_PAGE }))
    rows.push(...page.rows.filter((row) => Number(row.get('capt_deleted') ?? 0) === 0))
  const families = Map.groupBy(rows.toSorted(byOrder), (row) => textOf(row, 'capt_family').toLowerCase())
  return new Map([...families].map(([family, members]) => [family, choicesOf(members, languages)]))
}

/**
 * A field with what its selection list says. One that has codes keeps them and gets their captions. One without gets the
 * list of its family, which has the field's own name unless `shared` says otherwise. A text field that has a family of
 * its own name is a selection: where neither `$type` nor `$enum` tells, nothing else does, nor whether several codes may
 * be chosen at once.
 */
export function withFamily(
  field: Field,
  families: Families,
  shared: Readonly<Record<string, string>>,
): Field {
  const isSelection = field.type === 'choice' || field.type === 'multi-choice'
  if (!isSelection && field.type !== 'string') return field
  const list = familyOf(field, families, shared)
  if (list === undefined || list.length === 0) return field
  const choices = field.choices?.map((choice) => ({ ...choice, ...captionsOf(choice, list) })) ?? list
  return { ...field, type: isSelection ? field.type : 'choice', choices }
}

function familyOf({ name }: Field, families: Families, shared: Readonly<Record<string, string>>) {
  const own = name.toLowerCase()
  return families.get(own) ?? families.get((shared[own] ?? '').toLowerCase())
}

function captionsOf({ code, caption }: Choice, list: readonly Choice[]): Pick<Choice, 'captions'> {
  const known = list.find((one) => one.code === code)
  if (known === undefined) return {}
  return differing(caption, { [FIRST_LANGUAGE]: known.caption, ...known.captions })
}

function choicesOf(rows: readonly Row[], languages: readonly string[]): Choice[] {
  const byCode = new Map(rows.toReversed().map((row) => [textOf(row, 'capt_code'), row]))
  return [...byCode].toReversed().flatMap(([code, row]) => {
    const caption = textOf(row, `capt_${FIRST_LANGUAGE}`) || code
    const all = languages.map(
      (language) => [language.toUpperCase(), textOf(row, `capt_${language}`)] as const,
    )
    return code === '' ? [] : [{ code, caption, ...differing(caption, Object.fromEntries(all)) }]
  })
}

/** The captions that say something else. */
function differing(caption: string, all: Readonly<Record<string, string>>): Pick<Choice, 'captions'> {
  const others = Object.entries(all).filter(([, text]) => text !== '' && text !== caption)
  return others.length === 0 ? {} : { captions: Object.fromEntries(others) }
}

function byOrder(one: Row, other: Row): number {
  return orderOf(one) - orderOf(other)
}

function orderOf(row: Row): number {
  return Number(row.get('capt_order') ?? 0)
}

function textOf(row: Row, field: string): string {
  return String(row.get(field) ?? '').trim()
}

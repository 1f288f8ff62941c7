import type { BoundRecord, Journal, Written } from './journal.ts'
import type { Fields, Step } from './plan.ts'
import type { Row } from './row.ts'

type PlainFields = Readonly<Record<string, string | number | boolean | null>>
type Get = (field: string) => unknown

/** The record a step stands for, with what later steps and later updates must know of it. */
export function boundRecord(
  step: Step,
  { id, adopted, get }: { id: string; adopted: boolean; get: Get },
  journal: Pick<Journal, 'now' | 'hash'>,
): BoundRecord {
  const carried = Object.entries(step.carry ?? {}).flatMap(([name, field]) => {
    const value = get(field)
    return value === undefined || value === null || value === '' ? [] : [[name, String(value)] as const]
  })
  const key = step.match.by === 'natural' ? { key: journal.hash(step.match.key) } : {}
  const record = { resource: step.resource, id, adopted, at: journal.now(), ...key }
  return carried.length === 0 ? record : { ...record, carried: Object.fromEntries(carried) }
}

/** The hash of a field's value as it is sent or read: casing of the name, blanks around it and the JSON type do not count. */
export function hashOf(journal: Pick<Journal, 'hash'>, field: string, value: unknown): string {
  return journal.hash(`${field.toLowerCase()}\n${comparable(value)}`)
}

/** A ticked checkbox is true or 'Y', an empty one false, 'N', null or nothing. */
function comparable(value: unknown): string {
  if (value === true) return 'Y'
  if (value === false || value === null || value === undefined || value === 'N') return ''
  return (typeof value === 'string' ? value : JSON.stringify(value)).trim()
}

/** By the names of the fields in lower case. */
export function hashesOf(journal: Pick<Journal, 'hash'>, fields: PlainFields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name.toLowerCase(), hashOf(journal, name, value)]),
  )
}

/** What is known of the fields after a write: what was sent, and what the CRM says it has now, if it says so. */
export function writtenFields(
  journal: Pick<Journal, 'hash'>,
  sent: Readonly<Record<string, string>>,
  row: Pick<Row, 'get'>,
): Record<string, Written> {
  const written = Object.entries(sent).map(([name, hash]): [string, Written] => {
    const value = row.get(name)
    return [name, value === undefined ? { sent: hash } : { sent: hash, seen: hashOf(journal, name, value) }]
  })
  return Object.fromEntries(written)
}

/** What is known of the fields of a record whose create has come true without its answer. */
export function writtenBy(sent: Readonly<Record<string, string>>): Record<string, Written> {
  return Object.fromEntries(Object.entries(sent).map(([name, hash]) => [name, { sent: hash }]))
}

/**
 * Whether a field still holds what a write of ours left there; else it belongs to people. A field that nobody has filled
 * and that we never wrote is nobody's.
 */
export function isOurs(
  journal: Pick<Journal, 'hash'>,
  { written, updating }: Pick<BoundRecord, 'written' | 'updating'>,
  field: string,
  value: unknown,
): boolean {
  const hash = hashOf(journal, field, value)
  const name = field.toLowerCase()
  if (written?.[name] === undefined && comparable(value) === '') return true
  return [written?.[name]?.seen, written?.[name]?.sent, updating?.sent[name]].includes(hash)
}

/** The fields of a step with the marker where its match expects it. */
export function marked({ match }: Step, fields: Fields, marker: string): Fields {
  if (match.by === 'marker') return { ...fields, [match.field]: marker }
  if (!('field' in match)) return fields
  const text = fields[match.field] ?? ''
  const isNote = typeof text === 'object' && 'note' in text
  return { ...fields, [match.field]: isNote ? { ...text, ending: marker } : `${String(text)}\n\n${marker}` }
}

/** Whether a step's record is that of another company or person than the step means now. */
export function isAnother({ match }: Step, { key }: BoundRecord, journal: Pick<Journal, 'hash'>): boolean {
  const mayBe = match.by === 'natural' && match.stays === undefined
  return mayBe && key !== undefined && key !== journal.hash(match.key)
}

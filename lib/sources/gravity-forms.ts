import { isEmailAddress } from '../values/text.ts'
import { decodeEntries, entriesOf } from './form-entries.ts'
import { type Answer, type FormDelivery, formSource } from './form-source.ts'
import { isWebAddress, readable, utcOf } from './form-values.ts'
import { tokenProof } from './proof.ts'
import type { Json, Source } from './source.ts'

/**
 * The Webhooks add-on of Gravity Forms: an entry, fields by number (https://docs.gravityforms.com/entry-object/). WordPress
 * waits 5 s and does not try again.
 */
export const gravityForms: Source = formSource({
  name: 'gravity-forms',
  inlineBudgetMs: 0,
  proof: tokenProof,
  decode: decodeEntries,

  read(payload, _, { labels }) {
    const { entries, get, files } = entriesOf(payload)
    const fields = entries
      .filter(({ name }) => !ENTRY_PROPERTIES.has(name))
      .map(({ name, values }): Field => ({ id: name, text: values.join(', ') }))
    const formId = get('form_id')
    return {
      formId,
      ...(formId !== undefined && { submissionId: get('id') }),
      version: utcOf(get('date_updated')) ?? utcOf(get('date_created')),
      submittedAt: utcOf(get('date_created')),
      pageUrl: get('source_url'),
      files,
      ...answersOf(fields, labels),
    }
  },
})

/** What an entry has besides its fields. */
const ENTRY_PROPERTIES: ReadonlySet<string> = new Set([
  ...['id', 'form_id', 'post_id', 'source_id', 'date_created', 'date_updated', 'is_starred', 'is_read', 'ip'],
  ...['source_url', 'user_agent', 'currency', 'payment_status', 'payment_date', 'payment_amount'],
  ...['payment_method', 'transaction_id', 'transaction_type', 'is_fulfilled', 'created_by', 'status'],
  'submission_speeds',
])

type Field = { readonly id: string; readonly text: string }
type Labels = ReadonlyMap<string, string>

function answersOf(fields: readonly Field[], labels: Labels): Pick<FormDelivery, 'answers' | 'links'> {
  const groups = Map.groupBy(fields, ({ id }) => (labels.has(id) ? id : baseOf(id)))
  const read = [...groups].map(([id, group]) => answerOf(id, group, labels))
  const address = read.find(
    ({ label, urls, value }) => label === undefined && urls.length === 0 && isEmailAddress(value),
  )
  return {
    answers: read
      .filter(({ urls }) => urls.length === 0)
      .map((one) => ({
        name: one.name,
        key: one.key,
        value: one.value,
        ...(one.means ? { means: one.means } : one === address && { means: { email: one.value } }),
      })),
    links: read.flatMap(({ name, urls }) => urls.map((url) => ({ field: name, url }))),
  }
}

type ReadField = Answer & {
  readonly key: string
  readonly label: string | undefined
  readonly urls: readonly string[]
}

/** One field with all its inputs: the parts of a name, the ticked boxes of a list. */
function answerOf(id: string, inputs: readonly Field[], labels: Labels): ReadField {
  const label = labels.get(id)
  const unnamed = isName(inputs) ? 'Name' : `Field ${id}`
  const name = label ?? (/^[\d.]+$/.test(id) ? unnamed : id)
  const common = { name, key: id, label }
  const value = (separator: string) =>
    inputs
      .map(({ text }) => text.trim())
      .filter(Boolean)
      .join(separator)
  if (isName(inputs)) return { ...common, urls: [], value: value(' '), means: nameOf(inputs) }
  const written = value(', ')
  const structured = structuredValue(written)
  const urls = uploadsIn(structured ?? written)
  return { ...common, urls, value: structured === undefined ? written : readable(structured) }
}

/** The inputs of a name are .2 prefix, .3 first, .4 middle, .6 last, .8 suffix; no other field begins so. */
function isName(inputs: readonly Field[]): boolean {
  const parts = inputs.map(({ id }) => partOf(id))
  return parts.includes('3') && parts.includes('6') && parts.every((part) => '23468'.includes(part))
}

function nameOf(inputs: readonly Field[]): NonNullable<Answer['means']> {
  const part = (number: string) => inputs.find(({ id }) => partOf(id) === number)?.text ?? ''
  return { firstName: part('3'), lastName: part('6') }
}

/** Several uploads, and several choices, are JSON. */
function structuredValue(text: string): Json | undefined {
  if (!text.startsWith('["')) return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** Gravity Forms keeps uploads in a folder of its own, or behind `gf-download`. */
function uploadsIn(value: Json): string[] {
  const all = Array.isArray(value) ? value : [value]
  const urls = all.filter((one): one is string => typeof one === 'string' && isWebAddress(one))
  const areUploads = urls.every((url) => /\/gravity_forms\/|[?&]gf-download=/.test(url))
  return urls.length === all.length && areUploads ? urls : []
}

function baseOf(id: string): string {
  return /^\d+\.\d+$/.test(id) ? id.slice(0, id.indexOf('.')) : id
}

function partOf(id: string): string {
  return id.slice(id.indexOf('.') + 1)
}

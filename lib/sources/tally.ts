import { NotUnderstoodError } from './errors.ts'
import { type Answer, formSource } from './form-source.ts'
import { listOf, readable, utcOf } from './form-values.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import { signedBy } from './proof.ts'
import type { Json, Source } from './source.ts'

/** https://tally.so/help/webhooks: answered within 10 s, tried again for a day. */
export const tally: Source = formSource({
  name: 'tally',
  inlineBudgetMs: 5_000,
  proof: signedBy({ header: 'tally-signature', encoding: 'base64' }),

  read(payload) {
    const { eventId, eventType, createdAt, data } = objectOf(payload)
    if (eventType !== undefined && eventType !== 'FORM_RESPONSE') {
      return { kind: 'ignored', reason: `topic ${textOf(eventType)}` }
    }
    const response = objectOf(data)
    if (response['fields'] === undefined) throw new NotUnderstoodError('data.fields: is missing')
    const fields = listOf(response['fields']).map(objectOf).filter(isQuestion)
    return {
      formId: textOf(response['formId']),
      deliveryId: textOf(eventId),
      submissionId: textOf(response['submissionId']) ?? textOf(response['responseId']),
      version: utcOf(createdAt) ?? utcOf(response['createdAt']),
      submittedAt: utcOf(response['createdAt']),
      answers: fields.filter((field) => !isFile(field)).map(answerOf),
      links: fields.filter(isFile).flatMap(linksOf),
    }
  },
})

/** Besides the question itself there is a row for each of its options, true or false, named `<question>_<option>`. */
function isQuestion({ key, type, value }: JsonObject): boolean {
  const isOption = typeof value === 'boolean' && /^question_[^_]+_./.test(textOf(key) ?? '')
  return !(isOption && ['CHECKBOXES', 'MULTIPLE_CHOICE', 'MULTI_SELECT'].includes(textOf(type) ?? ''))
}

const MEANINGS = new Map<string, 'email' | 'phone'>([
  ['INPUT_EMAIL', 'email'],
  ['INPUT_PHONE_NUMBER', 'phone'],
])

function answerOf(field: JsonObject): Answer {
  const [key, label] = [textOf(field['key']) ?? '', textOf(field['label'])]
  const value = answerText(field)
  const means = MEANINGS.get(textOf(field['type']) ?? '')
  return { name: label ?? key, key, value, ...(means && { means: { [means]: value } }) }
}

/** Choices are ids of options; the answers of a matrix are ids of columns under ids of rows. */
function answerText({ value, options, rows, columns }: JsonObject): string {
  const text = new Map(
    [...listOf(options), ...listOf(columns)].map(objectOf).map(({ id, text }) => [id, text]),
  )
  const named = (one: Json): Json => text.get(one) ?? one
  if (rows === undefined) return readable(Array.isArray(value) ? value.map(named) : value)
  const chosen = listOf(rows)
    .map(objectOf)
    .map(({ id, text: row }) => {
      const columns = listOf(objectOf(value)[textOf(id) ?? '']).map(named)
      return [textOf(row) ?? textOf(id) ?? '', columns] as const
    })
  return readable(Object.fromEntries(chosen))
}

function isFile({ type, value }: JsonObject): boolean {
  return ['FILE_UPLOAD', 'SIGNATURE'].includes(textOf(type) ?? '') && Array.isArray(value)
}

function linksOf({ label, key, value }: JsonObject) {
  const field = textOf(label) ?? textOf(key) ?? ''
  return listOf(value)
    .map(objectOf)
    .flatMap(({ url, name }) => {
      const [address, filename] = [textOf(url), textOf(name)]
      return address === undefined
        ? []
        : [{ field, url: address, ...(filename !== undefined && { filename }) }]
    })
}

import { singleLine } from '../values/text.ts'
import { NotUnderstoodError } from './errors.ts'
import { type Answer, formSource } from './form-source.ts'
import { listOf, readable, utcOf } from './form-values.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import { signedBy } from './proof.ts'
import type { Json, Source } from './source.ts'

/** https://www.typeform.com/developers/webhooks: event `form_response`, answered within 30 s. */
export const typeform: Source = formSource({
  name: 'typeform',
  inlineBudgetMs: 20_000,
  proof: signedBy({ header: 'typeform-signature', encoding: 'base64', prefix: 'sha256=' }),

  read(payload) {
    const { event_type: event, event_id: id, form_response: response } = objectOf(payload)
    if (event !== undefined && event !== 'form_response')
      return { kind: 'ignored', reason: `topic ${textOf(event)}` }
    const { form_id, token, submitted_at, definition, answers, hidden } = objectOf(response)
    if (answers === undefined && hidden === undefined) {
      throw new NotUnderstoodError('form_response: has neither answers nor hidden fields')
    }
    const given = listOf(answers).map(objectOf)
    const captions = captionsOf(objectOf(definition), given)
    return {
      formId: textOf(form_id),
      deliveryId: textOf(id),
      submissionId: textOf(token),
      version: utcOf(submitted_at),
      submittedAt: utcOf(submitted_at),
      answers: [
        ...given.filter(({ type }) => type !== 'file_url').map((answer) => answerOf(answer, captions)),
        ...Object.entries(objectOf(hidden)).map(([name, value]) => ({ name, value: readable(value) })),
      ],
      links: given.filter(({ type }) => type === 'file_url').flatMap((answer) => linkOf(answer, captions)),
    }
  },
})

type Captions = ReadonlyMap<string, { readonly title: string; readonly ref: string | undefined }>

function answerOf(answer: JsonObject, captions: Captions): Answer {
  const { field, type } = answer
  const value = answerText(answer)
  const { name, key } = nameOf(objectOf(field), captions)
  const means = MEANINGS.get(textOf(type) ?? '')
  return { name, key, value, ...(means && { means: { [means]: value } }) }
}

const MEANINGS = new Map<string, 'email' | 'phone'>([
  ['email', 'email'],
  ['phone_number', 'phone'],
])

function linkOf(answer: JsonObject, captions: Captions) {
  const url = textOf(answer['file_url'])
  return url === undefined ? [] : [{ field: nameOf(objectOf(answer['field']), captions).name, url }]
}

/** Titles change, references are the author's: a configuration names these. Older deliveries have ids only. */
function nameOf({ id, ref }: JsonObject, captions: Captions) {
  const known = captions.get(textOf(id) ?? '')
  const key = textOf(ref) ?? known?.ref ?? textOf(id) ?? ''
  return { name: known?.title || key, key }
}

/** An answer is under the name of its type: `{ type: 'choices', choices: { labels, other } }`. */
function answerText(answer: JsonObject): string {
  const value = answer[textOf(answer['type']) ?? '']
  const { label, labels, other } = objectOf(value)
  if (label === undefined && labels === undefined && other === undefined) return readable(value)
  return readable([label ?? null, labels ?? null, other ?? null])
}

/** The title of every field, those of groups and contact blocks included, with what earlier answers put into them. */
function captionsOf({ fields }: JsonObject, answers: readonly JsonObject[]): Captions {
  const all = flat(listOf(fields))
  const answered = new Map<string, string>()
  for (const answer of answers) {
    const { id, ref } = objectOf(answer['field'])
    const known = all.find((field) => field['id'] === id)
    for (const one of [id, ref, known?.['ref']])
      if (textOf(one)) answered.set(textOf(one) ?? '', answerText(answer))
  }
  return new Map(
    all.map(({ id, ref, title }) => [
      textOf(id) ?? '',
      { title: plainTitle(textOf(title) ?? '', answered), ref: textOf(ref) },
    ]),
  )
}

function flat(fields: readonly Json[]): JsonObject[] {
  return fields
    .map(objectOf)
    .flatMap((field) => [field, ...flat(listOf(objectOf(field['properties'])['fields']))])
}

/** `*bold*` and `{{field:ref}}`, `{{answer_<id>}}` are Typeform's own; what is not known any more is three dots. */
function plainTitle(title: string, answered: ReadonlyMap<string, string>): string {
  const piped = title.replace(/\{\{([^{}]{0,200})\}\}/g, (_, of: string) => {
    const id = of.trim().replace(/^(field:|answer_)/, '')
    return answered.get(id) || '…'
  })
  return singleLine(piped.replaceAll('*', ''))
}

import { NotUnderstoodError } from './errors.ts'
import { type Answer, formSource } from './form-source.ts'
import { listOf, readable, utcOf } from './form-values.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import { tokenProof } from './proof.ts'
import type { Json, Source } from './source.ts'

/** Webhooks of Fillout: a submission as its API has it, wrapped or not. Signature, clock and retries are not published. */
export const fillout: Source = formSource({
  name: 'fillout',
  inlineBudgetMs: 0,
  proof: tokenProof,

  read(payload) {
    const about = objectOf(payload)
    const submission = objectOf(about['submission'] ?? payload)
    const { questions, urlParameters } = submission
    if (questions === undefined) throw new NotUnderstoodError('questions: is missing')
    const fields = [...listOf(questions), ...listOf(urlParameters)].map(objectOf)
    return {
      formId: textOf(about['formId']),
      submissionId: textOf(submission['submissionId']),
      version: utcOf(submission['lastUpdatedAt']) ?? utcOf(submission['submissionTime']),
      submittedAt: utcOf(submission['submissionTime']),
      answers: fields.filter(({ value }) => filesOf(value).length === 0).map(answerOf),
      links: fields.flatMap((field) =>
        filesOf(field['value']).map((file) => ({ field: nameOf(field), ...file })),
      ),
    }
  },
})

const MEANINGS = new Map<string, 'email' | 'phone'>([
  ['EmailInput', 'email'],
  ['PhoneNumber', 'phone'],
])

/** An answer of 0 is one, null is none. */
function answerOf(field: JsonObject): Answer {
  const value = readable(field['value'])
  const key = textOf(field['id'])
  const means = MEANINGS.get(textOf(field['type']) ?? '')
  return {
    name: nameOf(field),
    value,
    ...(key !== undefined && { key }),
    ...(means && { means: { [means]: value } }),
  }
}

function nameOf({ name, id }: JsonObject): string {
  return textOf(name) ?? textOf(id) ?? ''
}

function filesOf(value: Json | undefined) {
  return listOf(value)
    .map(objectOf)
    .flatMap(({ url, filename }) => {
      const [address, name] = [textOf(url), textOf(filename)]
      return address === undefined ? [] : [{ url: address, ...(name !== undefined && { filename: name }) }]
    })
}

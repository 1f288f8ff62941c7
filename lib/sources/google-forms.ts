import { NotUnderstoodError } from './errors.ts'
import { type Answer, type FormDelivery, formSource } from './form-source.ts'
import { isWebAddress, listOf, readable, utcOf } from './form-values.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import { stampedBy } from './proof.ts'
import type { Source } from './source.ts'

/**
 * Google Forms through the Apps Script of docs/sources/google-forms.md, which signs like Stripe does. A script of one's own
 * may post the event of a spreadsheet's trigger instead (`namedValues`).
 */
export const googleForms: Source = formSource({
  name: 'google-forms',
  inlineBudgetMs: 20_000,
  proof: stampedBy('x-signature', 'v1'),

  read(payload) {
    const event = objectOf(payload)
    if (event['answers'] !== undefined) return responseOf(event)
    if (event['namedValues'] !== undefined) return rowOf(event)
    throw new NotUnderstoodError('the body has neither answers nor namedValues')
  },
})

function responseOf(event: JsonObject): FormDelivery {
  const answers = listOf(event['answers']).map(objectOf).map(answerOf)
  const email = textOf(event['email'])
  const own = email === undefined ? [] : [{ name: 'Email', value: email, means: { email } }]
  return {
    formId: textOf(event['formId']),
    submissionId: textOf(event['responseId']),
    version: utcOf(event['sentAt']) ?? utcOf(event['submittedAt']),
    submittedAt: utcOf(event['submittedAt']),
    answers: [...own, ...answers.filter(({ urls }) => urls.length === 0)],
    links: answers.flatMap(({ name, urls }) => urls.map((url) => ({ field: name, url }))),
  }
}

function answerOf({ id, title, type, value }: JsonObject): Answer & { readonly urls: readonly string[] } {
  const [key, name] = [textOf(id), textOf(title)]
  const urls =
    type === 'FILE_UPLOAD'
      ? listOf(value)
          .map((one) => textOf(one) ?? '')
          .filter(isWebAddress)
      : []
  return { name: name ?? key ?? '', ...(key !== undefined && { key }), value: readable(value), urls }
}

/** `Timestamp` is in the spreadsheet's language and zone; an edited answer comes as a row of its changed cells only. */
function rowOf({ namedValues }: JsonObject): FormDelivery {
  const answers = Object.entries(objectOf(namedValues))
    .filter(([name]) => name !== 'Timestamp')
    .map(([name, value]) => ({ name, value: readable(value) }))
  return { answers }
}

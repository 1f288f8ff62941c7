import { decodeHTML } from 'entities'
import { NotUnderstoodError } from './errors.ts'
import { formSource } from './form-source.ts'
import { isWebAddress, listOf, readable } from './form-values.ts'
import { objectOf, textOf } from './loose-json.ts'
import { stampedBy } from './proof.ts'
import type { Json, Source } from './source.ts'

/**
 * The Webhooks add-on of WPForms, which waits 60 s and does not try again. Its keys are chosen by who set it up; in the
 * format "Form" it signs other bytes than it sends, so only JSON can be verified.
 */
export const wpforms: Source = formSource({
  name: 'wpforms',
  inlineBudgetMs: 20_000,
  proof: stampedBy('x-wpforms-webhook-signature', 'v'),

  read(payload) {
    const { entry_id, form_id, page_url, ...fields } = objectOf(payload)
    if (Object.keys(objectOf(payload)).length === 0) throw new NotUnderstoodError('the body has no fields')
    const read = Object.entries(fields).map(([name, value]) => ({ name, value, urls: urlsOf(value) }))
    return {
      formId: textOf(form_id),
      submissionId: textOf(entry_id),
      pageUrl: textOf(page_url),
      answers: read
        .filter(({ urls }) => urls.length === 0)
        .map(({ name, value }) => ({ name, value: answerText(value) })),
      links: read.flatMap(({ name, urls }) => urls.map((url) => ({ field: name, url }))),
    }
  },
})

/** Several choices are `a||b`, a date is `{ value, unix }`. */
function answerText(value: Json): string {
  const { value: written, unix } = objectOf(value)
  const text = unix === undefined ? readable(value) : readable(written)
  return decodeHTML(text.split('||').join(', '))
}

/** Uploads are a list of addresses. */
function urlsOf(value: Json): string[] {
  const urls = listOf(value).map((one) => textOf(one) ?? '')
  return urls.every(isWebAddress) ? urls : []
}

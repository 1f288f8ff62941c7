import { NotUnderstoodError } from './errors.ts'
import { formSource } from './form-source.ts'
import { readable, utcOf } from './form-values.ts'
import { objectOf, textOf } from './loose-json.ts'
import { orToken, signedBy } from './proof.ts'
import type { Source } from './source.ts'

/**
 * Webhooks `form_submission` of Webflow: exactly 200, three attempts ten minutes apart. Those made through its API are
 * signed (https://developers.webflow.com/data/docs/working-with-webhooks), those made in the dashboard are not.
 */
export const webflow: Source = formSource({
  name: 'webflow',
  inlineBudgetMs: 0,
  proof: orToken(
    'x-webflow-signature',
    signedBy({
      header: 'x-webflow-signature',
      signed: '{timestamp}:{body}',
      timestamp: { header: 'x-webflow-timestamp', unit: 'ms' },
    }),
  ),

  read(payload) {
    const { triggerType, payload: wrapped } = objectOf(payload)
    if (triggerType !== undefined && triggerType !== 'form_submission') {
      return { kind: 'ignored', reason: `topic ${textOf(triggerType)}` }
    }
    const form = objectOf(wrapped ?? payload)
    if (form['data'] === undefined) throw new NotUnderstoodError('data: is missing')
    return {
      formId: textOf(form['formId']) ?? textOf(form['name']),
      submissionId: textOf(form['id']) ?? textOf(form['_id']),
      version: utcOf(form['submittedAt']) ?? utcOf(form['d']),
      submittedAt: utcOf(form['submittedAt']) ?? utcOf(form['d']),
      pageUrl: textOf(form['pageUrl']) ?? textOf(form['publishedPath']),
      answers: Object.entries(objectOf(form['data'])).map(([stored, value]) => {
        const name = stored.replaceAll('．', '.')
        return { name, key: withoutNumber(name), value: readable(value) }
      }),
    }
  },
})

/** A second field of one name gets a number, and so does a field whose name was changed and changed back: "Email 2". */
function withoutNumber(name: string): string {
  return name.replace(/ \d+$/, '')
}

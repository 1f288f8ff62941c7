import type { HttpRequest } from '../intake/request.ts'
import { NotUnderstoodError } from './errors.ts'
import { formSource } from './form-source.ts'
import { readable, utcOf } from './form-values.ts'
import { objectOf, textOf } from './loose-json.ts'
import { stampedBy } from './proof.ts'
import type { Handshake, Source } from './source.ts'

const SIGNATURE = 'formspree-signature'

/** Simple webhooks and REST hooks of Formspree; clock and retries are not published. */
export const formspree: Source = formSource({
  name: 'formspree',
  inlineBudgetMs: 0,
  proof: stampedBy(SIGNATURE, 'v1'),
  handshake: echoHookSecret,

  read(payload) {
    const { form, submission } = objectOf(payload)
    if (submission === undefined) throw new NotUnderstoodError('submission: is missing')
    const fields = objectOf(submission)
    return {
      formId: textOf(form),
      submittedAt: utcOf(fields['_date']),
      answers: Object.entries(fields)
        .filter(([name]) => !SPECIAL.has(name))
        .map(([name, value]) => ({ name, value: readable(value) })),
    }
  },
})

/** Names Formspree gives a meaning of its own; `_replyto` and `_subject` hold what visitors typed. */
const SPECIAL: ReadonlySet<string> = new Set(['_date', '_gotcha', '_next', '_language', '_format', '_status'])

/** A REST hook is live once its `X-Hook-Secret` has come back to Formspree. */
function echoHookSecret({ headers, body }: HttpRequest): Handshake | undefined {
  const secret = headers['x-hook-secret']
  const isDelivery = headers[SIGNATURE] !== undefined || body.includes('"submission"')
  if (secret === undefined || isDelivery || !/^[\x21-\x7e]{1,200}$/.test(secret)) return undefined
  return { status: 200, headers: { 'x-hook-secret': secret }, body: '' }
}

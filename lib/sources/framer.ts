import { NotUnderstoodError } from './errors.ts'
import { formSource } from './form-source.ts'
import { readable } from './form-values.ts'
import { objectOf } from './loose-json.ts'
import { orToken, signedBy } from './proof.ts'
import type { Source } from './source.ts'

const [SIGNATURE, SUBMISSION_ID] = ['framer-signature', 'framer-webhook-submission-id']

/**
 * Form webhooks of Framer, tried five times more (https://www.framer.com/help/articles/framer-form-webhook-setup/). The
 * signature covers the submission's id, too.
 */
export const framer: Source = formSource({
  name: 'framer',
  inlineBudgetMs: 0,
  headers: [SUBMISSION_ID],
  proof: orToken(
    SIGNATURE,
    signedBy({ header: SIGNATURE, prefix: 'sha256=', signed: `{body}{header.${SUBMISSION_ID}}` }),
  ),

  read(payload, headers) {
    const fields = Object.entries(objectOf(payload))
    if (fields.length === 0) throw new NotUnderstoodError('the body has no fields')
    return {
      submissionId: headers[SUBMISSION_ID],
      answers: fields.map(([name, value]) => ({ name, value: readable(value) })),
    }
  },
})

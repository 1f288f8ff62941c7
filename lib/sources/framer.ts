import { NotUnderstoodError } from './errors.ts'
import { formSource } from './form-source.ts'
import { readable } from './form-values.ts'
import { objectOf } from './loose-json.ts'
import { hmacProof, orToken, withoutPrefix } from './proof.ts'
import { requireHeader } from './signature.ts'
import type { Source } from './source.ts'

const [SIGNATURE, SUBMISSION_ID, PREFIX] = ['framer-signature', 'framer-webhook-submission-id', 'sha256=']

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
    hmacProof({
      encoding: 'hex',
      read: (headers) => ({ signatures: [withoutPrefix(requireHeader(headers, SIGNATURE), PREFIX)] }),
      message: (body, _, headers) => [body, headers[SUBMISSION_ID] ?? ''],
      headers: ({ deliveryId }) => ({ [SUBMISSION_ID]: deliveryId }),
      write: (signature) => ({ [SIGNATURE]: PREFIX + signature }),
    }),
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

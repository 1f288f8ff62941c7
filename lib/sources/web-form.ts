import * as z from 'zod'
import type { FormSubmission } from '../events/form-submission.ts'
import { decodeForm } from '../intake/decode.ts'
import { DecodedForm, type FormEntry, UndecodedBody } from '../intake/decoded-form.ts'
import { trimToUndefined } from '../values/text.ts'
import { requireAccess } from './access.ts'
import { NotUnderstoodError } from './errors.ts'
import { KNOWN_FIELDS } from './form-fields.ts'
import { issuesOf, optionsOf } from './options.ts'
import type { Source, SourceContext, Verified } from './source.ts'
import { toSubmission } from './submission.ts'
import { contentHash, submissionIdentity } from './submission-identity.ts'
import { technicalFields } from './technical-fields.ts'

const FieldName = z.string().trim().min(1)

/** What an instance of this source can be told in `integration.config.ts`. */
const WebFormOptions = z.strictObject({
  /** Whether the URL must end in the secret token; by default when a secret is configured. */
  tokenRequired: z.boolean().optional(),
  /** The form's own name for a known field, instead of the usual names. */
  fields: z.partialRecord(z.enum(KNOWN_FIELDS), FieldName).default({}),
  /** A field people cannot see; a submission that fills it is ignored. */
  honeypot: FieldName.default('_gotcha'),
  /** The field that holds the client's own submission id. */
  submissionIdField: FieldName.default('submission_id'),
  /** Further fields that nobody filled in: not part of the event and of its identity. */
  technical: z.array(FieldName).default([]),
})
type WebFormOptions = z.infer<typeof WebFormOptions>

/** A plain HTML form, or a script that posts one: urlencoded, multipart or JSON. */
export const webForm: Source = {
  name: 'web-form',
  kind: 'form',
  inlineBudgetMs: 20_000,
  needsSecret: (context) => needsToken(context, optionsOf(WebFormOptions, context)),

  async verify(request, context) {
    if (needsToken(context, optionsOf(WebFormOptions, context))) requireAccess(request, context)
    const payload = await decodeForm(request)
    const key = trimToUndefined(request.headers['idempotency-key'])
    return { headers: key === undefined ? {} : { 'idempotency-key': key }, payload }
  },

  identify(verified, context, nowMs) {
    const options = optionsOf(WebFormOptions, context)
    const body = bodyOf(verified)
    const hash = contentHash(body, technicalFields(options.technical))
    return submissionIdentity(hash, clientIdOf(body, verified, options), nowMs)
  },

  toEvent(verified, context) {
    const options = optionsOf(WebFormOptions, context)
    const form = formOf(verified)
    if (form.fields.some(([name, value]) => sameName(name, options.honeypot) && value.trim() !== '')) {
      return { kind: 'ignored', reason: 'honeypot' }
    }
    return submissionOf(form, context.instance, options)
  },

  /** A form has no signature: whoever posts to the URL (with its token, if it has one) is the sender. */
  sign() {
    return {}
  },
}

function needsToken({ secrets }: SourceContext, { tokenRequired }: WebFormOptions): boolean {
  return tokenRequired ?? secrets.some((secret) => secret !== '')
}

function bodyOf({ payload }: Verified): DecodedForm | UndecodedBody {
  const result = z.union([DecodedForm, UndecodedBody]).safeParse(payload)
  if (result.success) return result.data
  throw new NotUnderstoodError('the stored payload is not a decoded form', issuesOf(result.error))
}

function formOf(verified: Verified): DecodedForm {
  const body = bodyOf(verified)
  if (!('undecoded' in body)) return body
  const type = trimToUndefined(body.undecoded.contentType) ?? 'no content type'
  throw new NotUnderstoodError(`the body is not a form this source can read: ${type}`)
}

function clientIdOf(body: DecodedForm | UndecodedBody, { headers }: Verified, options: WebFormOptions) {
  const fields: readonly FormEntry[] = 'undecoded' in body ? [] : body.fields
  const ids = fields.filter(([name]) => sameName(name, options.submissionIdField)).map(([, value]) => value)
  return ids.map(trimToUndefined).find((id) => id !== undefined) ?? headers['idempotency-key']
}

function submissionOf(form: DecodedForm, instance: string, options: WebFormOptions): FormSubmission {
  const isTechnical = technicalFields([...options.technical, options.honeypot, options.submissionIdField])
  const fields = form.fields.filter(([name]) => !isTechnical(name)).map(([name, value]) => ({ name, value }))
  const files = form.files.map(({ contentBase64: _, ...file }) => file)
  return toSubmission({ fields, files }, instance, options.fields)
}

function sameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.toLowerCase()
}

import * as z from 'zod'
import { FormSubmission } from '../events/form-submission.ts'
import { decodeForm } from '../intake/decode.ts'
import { DecodedForm, type FormEntry, UndecodedBody } from '../intake/decoded-form.ts'
import { type PersonName, splitName } from '../values/person-name.ts'
import { stripControl, trimToUndefined } from '../values/text.ts'
import { MissingSecretError, NotUnderstoodError, SignatureError } from './errors.ts'
import { KNOWN_FIELDS, type KnownFields, pickKnownFields } from './form-fields.ts'
import { matchesAnySecret } from './signature.ts'
import type { Source, SourceContext, Verified } from './source.ts'
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

  async verify(request, context) {
    requireToken(context, optionsOf(context))
    const payload = await decodeForm(request)
    const key = trimToUndefined(request.headers['idempotency-key'])
    return { headers: key === undefined ? {} : { 'idempotency-key': key }, payload }
  },

  identify(verified, context, nowMs) {
    const options = optionsOf(context)
    const body = bodyOf(verified)
    const hash = contentHash(body, technicalFields(options.technical))
    return submissionIdentity(hash, clientIdOf(body, verified, options), nowMs)
  },

  toEvent(verified, context) {
    const options = optionsOf(context)
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

function optionsOf({ instance, options }: SourceContext): WebFormOptions {
  const result = WebFormOptions.safeParse(options)
  if (result.success) return result.data
  throw new Error(`options of "${instance}": ${issuesOf(result.error).join('; ')}`)
}

function requireToken({ instance, secrets, token }: SourceContext, { tokenRequired }: WebFormOptions): void {
  const live = secrets.filter((secret) => secret !== '')
  if (!(tokenRequired ?? live.length > 0)) return
  if (live.length === 0) throw new MissingSecretError(`"${instance}" requires a token and none is configured`)
  if (!matchesAnySecret(token ?? '', live))
    throw new SignatureError('the URL does not end in the right token')
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
  const fields = form.fields
    .filter(([name]) => !isTechnical(name))
    .map(([name, value]) => ({ name: stripControl(name), value: stripControl(value) }))
  if (form.files.length === 0 && fields.every(({ value }) => value.trim() === '')) {
    throw new NotUnderstoodError('the form has no filled field')
  }
  const { name, ...known } = pickKnownFields(fields, options.fields)
  const files = form.files.map(({ contentBase64: _, ...file }) => ({
    ...file,
    filename: stripControl(file.filename),
  }))
  const submission = {
    kind: 'form-submission',
    form: instance,
    ...nameParts(name, known),
    ...known,
    fields,
    files,
  }
  const result = FormSubmission.safeParse(submission)
  if (result.success) return result.data
  throw new NotUnderstoodError('the form does not make a valid submission', issuesOf(result.error))
}

/** A lone first name takes its last name from the full name; a form with both parts needs no full name. */
function nameParts(fullName: string | undefined, { firstName, lastName }: KnownFields): PersonName {
  if (fullName === undefined || lastName !== undefined) return {}
  const split = splitName(fullName)
  return firstName === undefined || split.lastName === undefined ? split : { lastName: split.lastName }
}

function issuesOf(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

function sameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.toLowerCase()
}

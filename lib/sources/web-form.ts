import type { FormSubmission } from '../events/form-submission.ts'
import { decodeForm } from '../intake/decode.ts'
import { DecodedForm, type FormEntry, UndecodedBody } from '../intake/decoded-form.ts'
import * as z from '../values/schema.ts'
import { trimToUndefined } from '../values/text.ts'
import { requireAccess } from './access.ts'
import { CaptchaOptions, captchaField, checkCaptcha } from './captcha.ts'
import { NotUnderstoodError } from './errors.ts'
import { KNOWN_FIELDS } from './form-fields.ts'
import { issuesOf, optionsOf } from './options.ts'
import type { Source, SourceContext, Verified } from './source.ts'
import { filledValue, spamFields, spamOptions, spamReason } from './spam.ts'
import { toSubmission } from './submission.ts'
import { contentHash, submissionIdentity } from './submission-identity.ts'
import { technicalFields } from './technical-fields.ts'

const FieldName = z.string().check(z.trim(), z.minLength(1))

/** What an instance of this source can be told in `integration.config.ts`. */
const WebFormOptions = z.strictObject({
  /** Whether the URL must end in the secret token; by default when a secret is configured. */
  tokenRequired: z.optional(z.boolean()),
  /** The form's own name for a known field, instead of the usual names. */
  fields: z._default(z.partialRecord(z.enum(KNOWN_FIELDS), FieldName), {}),
  ...spamOptions,
  captcha: z.optional(CaptchaOptions),
  /** The field with the language of the page, for whoever answers. */
  languageField: z._default(FieldName, 'language'),
  /** The field that holds the client's own submission id. */
  submissionIdField: z._default(FieldName, 'submission_id'),
  /** Further fields that nobody filled in: not part of the event and of its identity. */
  technical: z._default(z.array(FieldName), []),
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

  async screen(verified, request, context, api) {
    const { captcha } = optionsOf(WebFormOptions, context)
    if (captcha === undefined) return verified
    const answer = filledValue(fieldsOf(bodyOf(verified)), captchaField(captcha))
    const verdict = await checkCaptcha(captcha, answer, request.sourceIp, api)
    return { ...verified, headers: { ...verified.headers, captcha: verdict } }
  },

  identify(verified, context, nowMs) {
    const options = optionsOf(WebFormOptions, context)
    const body = bodyOf(verified)
    const hash = contentHash(body, technicalFields(technicalNames(options)))
    return submissionIdentity(hash, clientIdOf(body, verified, options), nowMs)
  },

  toEvent(verified, context) {
    const options = optionsOf(WebFormOptions, context)
    const form = formOf(verified)
    const reason = spamReason(form.fields, options)
    if (reason !== undefined) return { kind: 'ignored', reason }
    return submissionOf(form, verified.headers, context.instance, options)
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

function fieldsOf(body: DecodedForm | UndecodedBody): readonly FormEntry[] {
  return 'undecoded' in body ? [] : body.fields
}

function clientIdOf(body: DecodedForm | UndecodedBody, { headers }: Verified, options: WebFormOptions) {
  return filledValue(fieldsOf(body), options.submissionIdField) ?? headers['idempotency-key']
}

/** Fields that nobody filled in. The client's own id is part of the identity, the others are not. */
function technicalNames(options: WebFormOptions): string[] {
  const { technical, captcha } = options
  const measured = options.minimumFill === undefined ? [] : [options.minimumFill.field]
  return [...technical, ...measured, ...(captcha === undefined ? [] : [captchaField(captcha)])]
}

function submissionOf(
  form: DecodedForm,
  headers: Verified['headers'],
  instance: string,
  options: WebFormOptions,
): FormSubmission {
  const names = [...technicalNames(options), ...spamFields(options), options.submissionIdField]
  const isTechnical = technicalFields(names)
  const fields = form.fields.filter(([name]) => !isTechnical(name)).map(([name, value]) => ({ name, value }))
  const files = form.files.map(({ contentBase64: _, ...file }) => file)
  const language = filledValue(form.fields, options.languageField)
  const rest = {
    ...(isLanguage(language) && { language }),
    ...(headers['captcha'] === 'unavailable' && { remarks: [CAPTCHA_UNAVAILABLE] }),
  }
  return toSubmission({ fields, files, rest }, instance, options.fields)
}

const CAPTCHA_UNAVAILABLE = 'The captcha service did not answer: nobody checked that a person sent this.'

/** BCP 47, as far as forms use it: `de`, `de-AT`, `zh-Hant-TW`. */
function isLanguage(text: string | undefined): text is string {
  return text !== undefined && /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i.test(text)
}

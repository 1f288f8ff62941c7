import * as z from '../values/schema.ts'
import { singleLine } from '../values/text.ts'
import { askJson } from './api/http.ts'
import { MissingSecretError, RefusedError } from './errors.ts'
import type { VendorApi } from './source.ts'

/**
 * The services that tell people from programs. All three take `secret`, `response` and `remoteip` as a urlencoded form
 * and answer `{ success, "error-codes" }`; only reCAPTCHA v3 adds a `score`.
 * https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
 * https://docs.hcaptcha.com/#verify-the-user-response-server-side
 * https://developers.google.com/recaptcha/docs/verify
 */
const SERVICES = {
  turnstile: {
    url: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
    field: 'cf-turnstile-response',
  },
  hcaptcha: { url: 'https://api.hcaptcha.com/siteverify', field: 'h-captcha-response' },
  recaptcha: { url: 'https://www.google.com/recaptcha/api/siteverify', field: 'g-recaptcha-response' },
} as const

export const CaptchaOptions = z.strictObject({
  service: z.enum(['turnstile', 'hcaptcha', 'recaptcha']),
  /** The form field with the answer, when it is not the service's own. */
  field: z.optional(z.string().check(z.minLength(1))),
  /** reCAPTCHA v3 only: a lower score is refused. */
  minimumScore: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.5),
})
export type CaptchaOptions = z.infer<typeof CaptchaOptions>

const Answer = z.object({
  success: z.boolean(),
  score: z.optional(z.number()),
  'error-codes': z._default(z.array(z.string()), []),
})

/** Codes that say our own configuration is wrong, in all three services' words. */
const OUR_FAULT: readonly string[] = [
  'missing-input-secret',
  'invalid-input-secret',
  'sitekey-secret-mismatch',
]
/** A visitor waits for it, and the form's clock runs. */
const TIMEOUT_MS = 3_000

export type Verdict = 'passed' | 'unavailable'

/** The field in which a form carries the captcha's answer. */
export function captchaField({ service, field }: CaptchaOptions): string {
  return field ?? SERVICES[service].field
}

/**
 * Asks the captcha service about an answer. `unavailable`: the service did not answer as it should, which is not the
 * visitor's fault.
 * @throws RefusedError when it was not solved
 * @throws MissingSecretError when we have no secret, or one the service does not know
 */
export async function checkCaptcha(
  options: CaptchaOptions,
  response: string | undefined,
  remoteAddress: string,
  api: VendorApi,
): Promise<Verdict> {
  const secret = await api.credential('captcha')
  if (secret === undefined) throw new MissingSecretError('options.captcha needs api.credentials.captcha')
  if (response === undefined) throw new RefusedError('the captcha was not solved')
  const answer = await ask(options, new URLSearchParams({ secret, response, remoteip: remoteAddress }), api)
  if (answer === undefined) return 'unavailable'
  const codes = answer['error-codes']
  if (codes.some((code) => OUR_FAULT.includes(code))) {
    throw new MissingSecretError(`the captcha service refuses our secret: ${singleLine(codes.join(', '))}`)
  }
  if (codes.includes('internal-error')) return 'unavailable'
  if (!answer.success || (answer.score ?? 1) < options.minimumScore) {
    throw new RefusedError('the captcha was not solved, please try again')
  }
  return 'passed'
}

async function ask({ service }: CaptchaOptions, form: URLSearchParams, { baseUrl }: VendorApi) {
  try {
    const { body } = await askJson({
      url: new URL(baseUrl ?? SERVICES[service].url),
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: form.toString(),
      timeoutMs: TIMEOUT_MS,
    })
    return Answer.parse(body)
  } catch {
    return undefined
  }
}

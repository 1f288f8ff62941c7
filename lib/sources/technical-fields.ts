/**
 * Fields that forms carry for themselves and no person filled in: forgery tokens, captcha answers, framework state.
 * Lower case; sources: the frameworks' and captcha vendors' documented field names.
 */
const TECHNICAL_FIELDS: readonly string[] = [
  '_charset_',
  '_method',
  'utf8',
  '_token',
  '_csrf',
  '_csrf_token',
  'csrf',
  'csrf_token',
  'csrf-token',
  'csrftoken',
  'csrfmiddlewaretoken',
  'authenticity_token',
  'xsrf_token',
  '_xsrf',
  '__requestverificationtoken',
  '__viewstate',
  '__viewstategenerator',
  '__eventvalidation',
  '_wpnonce',
  '_wp_http_referer',
  '_wpcf7',
  '_wpcf7_version',
  '_wpcf7_locale',
  '_wpcf7_unit_tag',
  '_wpcf7_container_post',
  '_wpcf7_posted_data_hash',
  '_wpcf7_recaptcha_response',
  'g-recaptcha-response',
  'h-captcha-response',
  'cf-turnstile-response',
  'frc-captcha-solution',
]

/** A test for the names of technical fields, `more` included; letter case does not matter. */
export function technicalFields(more: readonly string[]): (name: string) => boolean {
  const names = new Set([...TECHNICAL_FIELDS, ...more.map((name) => name.toLowerCase())])
  return (name) => names.has(name.toLowerCase().trim())
}

import { CrmMisconfiguredError } from './errors.ts'

/** Where a CRM installed under the default name `crm` has its REST API. */
const USUAL_PATH = '/sdata/crmj/sagecrm2/-'

/**
 * The configured base address of the REST API without a trailing slash, e.g. `https://host/sdata/crmj/sagecrm2/-`.
 * Of an origin alone, the usual path is taken.
 * @throws CrmMisconfiguredError when it is none, naming the rule
 */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new CrmMisconfiguredError('the CRM address must be an http or https URL')
  }
  if (url.username !== '' || url.password !== '') {
    throw new CrmMisconfiguredError('the CRM address must not contain a user name or password')
  }
  if (url.search !== '' || url.hash !== '') {
    throw new CrmMisconfiguredError('the CRM address must end with the contract, like /sdata/crmj/sagecrm2/-')
  }
  url.pathname = url.pathname.replace(/\/+$/, '') || USUAL_PATH
  return url
}

/** `Cases('43')`: the path of one record, its key quoted as a literal of the query language. */
export function entryPath(resource: string, key: string): string {
  return `${encodeURIComponent(resource)}('${encodeURIComponent(key.replaceAll("'", "''"))}')`
}

/** A query string with blanks as `%20` (the 2024 R2 documentation asks for that; `+` is taken literally). */
export function queryString(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

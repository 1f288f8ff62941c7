import { CrmMisconfiguredError } from './errors.ts'

/** What the path of the REST API is made of where only the origin is configured. */
export type ApiPath = {
  /** As chosen in the setup wizard, without the `j` that Sage CRM appends; `crm` unless told otherwise. */
  readonly installName?: string
  /** `sagecrm2`; the older `sagecrm` answers XML and only reads. */
  readonly contract?: string
}

/**
 * The configured base address of the REST API without a trailing slash, e.g. `https://host/sdata/crmj/sagecrm2/-`.
 * Of an origin alone, the path is made of the install name and the contract.
 * @throws CrmMisconfiguredError when it is none, naming the rule
 */
export function parseBaseUrl(
  text: string,
  { installName = 'crm', contract = 'sagecrm2' }: ApiPath = {},
): URL {
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
  if (![installName, contract].every((name) => /^\w+$/.test(name)))
    throw new CrmMisconfiguredError('install name and contract must be letters, digits and underscores')
  url.pathname = url.pathname.replace(/\/+$/, '') || `/sdata/${installName}j/${contract}/-`
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

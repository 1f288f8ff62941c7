import { CrmMisconfiguredError } from './errors.ts'

/** A link in an answer points somewhere it must not. Nothing was sent. */
export class ForeignLinkError extends CrmMisconfiguredError {
  override readonly name: string = 'ForeignLinkError'
}

/** How SData 2.0 abbreviates the base in its examples: `{$baseUrl}/salesOrders('43660')`. */
const BASE_TEMPLATE = /^\{\$baseUrl\}\//

/**
 * The path under the base of a `$url` from an answer, to be asked for at the configured origin. Only the path is taken:
 * the host inside is whatever the CRM's database says, and credentials go nowhere but to the configured origin.
 * @throws ForeignLinkError when the path is not under the base or hides a way out of it
 */
export function pathUnderBase(link: string, base: URL): string {
  const path = pathOf(link, base)
  if (/%2f|%5c|%25/i.test(path) || isWayOut(decode(path)))
    throw new ForeignLinkError('a link hides a way out of the API in its path')
  const prefix = `${base.pathname}/`
  if (!path.toLowerCase().startsWith(prefix.toLowerCase()))
    throw new ForeignLinkError('a link leaves the API')
  return path.slice(prefix.length)
}

/** Tomcat reads `..;x/` as `../`, and what is after a `;` is no part of the name. */
function isWayOut(decoded: string): boolean {
  return /[\\;\p{Cc}]/u.test(decoded) || decoded.split('/').includes('..')
}

/** The raw path: the URL parser would resolve `..` before anybody could see it. */
function pathOf(link: string, base: URL): string {
  const [named = ''] = link.replace(BASE_TEMPLATE, '').split(/[?#]/, 1)
  const path = named.replace(/^https?:\/\/[^/]*/i, '')
  if (path === '') throw new ForeignLinkError('a link names nothing in the API')
  if (path.startsWith('//') || /^[a-z][a-z\d+.-]*:/i.test(path))
    throw new ForeignLinkError('a link names another host')
  return path.startsWith('/') ? path : `${base.pathname}/${path}`
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new ForeignLinkError('a link is not properly encoded')
  }
}

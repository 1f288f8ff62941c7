/** A link in an answer points somewhere it must not. */
export class ForeignLinkError extends Error {
  override readonly name = 'ForeignLinkError'
}

/**
 * The path under the base of a `$url` from an answer, to be asked for at the configured origin. Only the path is taken:
 * the host inside is whatever the CRM's database says, and credentials go nowhere but to the configured origin.
 * @throws ForeignLinkError when the path is not under the base or hides a way out of it
 */
export function pathUnderBase(link: string, base: URL): string {
  const path = pathOf(link, base)
  const decoded = decode(path)
  if (/%2f|%5c/i.test(path) || decoded.includes('\\') || decoded.split('/').includes('..')) {
    throw new ForeignLinkError('a link hides a way out of the API in its path')
  }
  const prefix = `${base.pathname}/`
  if (!path.toLowerCase().startsWith(prefix.toLowerCase()))
    throw new ForeignLinkError('a link leaves the API')
  return path.slice(prefix.length)
}

/** The raw path: the URL parser would resolve `..` before anybody could see it. */
function pathOf(link: string, base: URL): string {
  const absolute = /^https?:\/\/[^/?#]*([^?#]*)/i.exec(link)
  const path = absolute === null ? link.replace(/[?#].*$/s, '') : (absolute[1] ?? '')
  if (path.startsWith('//')) throw new ForeignLinkError('a link names another host')
  return path.startsWith('/') ? path : `${base.pathname}/${path}`
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new ForeignLinkError('a link is not properly encoded')
  }
}

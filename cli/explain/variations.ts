import type { HttpRequest } from '../../lib/intake/request.ts'

/** One thing that may have gone wrong on the way, undone. */
export type Variation = {
  /** What it means when the signature fits with it. */
  readonly means: string
  readonly request: HttpRequest
  readonly secrets: readonly string[]
  readonly url: string
}

export type Attempted = Omit<Variation, 'means'>

/** Everything that is worth a try, one thing at a time. */
export function variationsOf(given: Attempted): Variation[] {
  return [...ofBody(given), ...ofSecret(given), ...ofHeaders(given), ...ofUrl(given)]
}

type Change<T> = readonly [means: string, change: (from: T) => T]

const BODY_CHANGES: readonly Change<string>[] = [
  [
    'the body was parsed and written again as pretty JSON: sign and pass on the bytes as they came',
    (body) => JSON.stringify(JSON.parse(body)),
  ],
  [
    'the body was parsed and written again, without its line breaks and blanks',
    (body) => JSON.stringify(JSON.parse(body), null, 2),
  ],
  [
    'the body was parsed and written again, without its indentation of four',
    (body) => JSON.stringify(JSON.parse(body), null, 4),
  ],
  ['the body was parsed and written again with `/` for `\\/`', (body) => body.replaceAll('/', '\\/')],
  ['the body was parsed and written again with its \\u escapes as characters', escaped],
  ['a line break was added after the body', (body) => body.replace(/\r?\n$/, '')],
  ['the line break after the body is missing', (body) => `${body}\n`],
  ['the line ends of the body were changed from CRLF to LF', (body) => body.replaceAll(/\r?\n/g, '\r\n')],
  ['the line ends of the body were changed from LF to CRLF', (body) => body.replaceAll('\r\n', '\n')],
  ['the body is still in base64: decode it first', (body) => Buffer.from(body, 'base64').toString('latin1')],
]

function escaped(body: string): string {
  return body.replaceAll(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function ofBody(given: Attempted): Variation[] {
  const { body } = given.request
  const texts = changed(body.toString('utf8'), BODY_CHANGES).map(({ means, value }) => {
    const isBytes = means.includes('base64')
    return { means, bytes: Buffer.from(value, isBytes ? 'latin1' : 'utf8') }
  })
  const latin1 = Buffer.from(body.toString('utf8'), 'latin1')
  const utf8 = Buffer.from(body.toString('latin1'), 'utf8')
  const recoded = [
    { means: 'the body was changed from Latin-1 to UTF-8', bytes: latin1 },
    { means: 'the body was changed from UTF-8 to Latin-1', bytes: utf8 },
  ].filter(({ bytes }) => !bytes.equals(body))
  return [...texts, ...recoded].map(({ means, bytes }) => ({
    ...given,
    means,
    request: { ...given.request, body: bytes },
  }))
}

const SECRET_CHANGES: readonly Change<string>[] = [
  ['the secret has blanks or a line break around it', (secret) => secret.trim()],
  ['the secret has quotes around it', (secret) => secret.replaceAll(/^["']|["']$/g, '')],
  ['the secret lacks its prefix whsec_', (secret) => `whsec_${secret}`],
  ['the secret has a prefix whsec_ that is no part of the key', (secret) => secret.replace(/^whsec_/, '')],
  ['the secret was stored with & < > " as HTML entities', (secret) => unescapedHtml(secret)],
  ['the vendor stored the secret with & < > " as HTML entities', (secret) => escapedHtml(secret)],
  [
    'the secret is given in base64, and the vendor uses the bytes',
    (secret) => Buffer.from(secret, 'base64').toString(),
  ],
  [
    'the secret is the bytes, and the vendor gives it in base64',
    (secret) => Buffer.from(secret).toString('base64'),
  ],
  ['the vendor’s secret ends in a line break', (secret) => `${secret}\n`],
]

const ENTITIES = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
] as const

function escapedHtml(text: string): string {
  return ENTITIES.reduce((done, [plain, entity]) => done.replaceAll(plain, entity), text)
}

function unescapedHtml(text: string): string {
  return ENTITIES.toReversed().reduce((done, [plain, entity]) => done.replaceAll(entity, plain), text)
}

function ofSecret(given: Attempted): Variation[] {
  return given.secrets.flatMap((secret) =>
    changed(secret, SECRET_CHANGES).map(({ means, value }) => ({ ...given, means, secrets: [value] })),
  )
}

const SIGNATURE_CHANGES: readonly Change<string>[] = [
  ['the signature is in base64 and should be in hex', (text) => Buffer.from(text, 'base64').toString('hex')],
  ['the signature is in hex and should be in base64', (text) => Buffer.from(text, 'hex').toString('base64')],
  ['the signature is base64 of its hex text', (text) => Buffer.from(text, 'base64').toString()],
  [
    'the signature has the alphabet of base64url',
    (text) => Buffer.from(text, 'base64url').toString('base64'),
  ],
]

const SIGNATURE = /[A-Za-z0-9+/_-]{27,}={0,2}/

/** In every header that holds something like a signature; what stands before it may be missing. */
function ofHeaders(given: Attempted): Variation[] {
  const { request } = given
  return Object.entries(request.headers).flatMap(([name, value]) => {
    const signature = SIGNATURE.exec(value)?.[0]
    if (signature === undefined) return []
    const recoded = changed(signature, SIGNATURE_CHANGES).map((one) => ({
      means: `${name}: ${one.means}`,
      value: value.replace(signature, () => one.value),
    }))
    const prefixed = ['sha256=', 'sha1=', 'sha512=', 'v1,', 'v1='].map((prefix) => ({
      means: `${name}: ${prefix} is missing before the signature`,
      value: prefix + value,
    }))
    const bare = { means: `${name}: nothing should stand before the signature`, value: signature }
    return [...recoded, ...prefixed, bare].map((one) => ({
      ...given,
      means: one.means,
      request: { ...request, headers: { ...request.headers, [name]: one.value } },
    }))
  })
}

const URL_CHANGES: readonly Change<string>[] = [
  ['the vendor was told the address with http', (url) => url.replace(/^https:/, 'http:')],
  ['the vendor was told the address with https', (url) => url.replace(/^http:/, 'https:')],
  ['the vendor was told the address with a slash at its end', (url) => `${url}/`],
]

function ofUrl(given: Attempted): Variation[] {
  const byHost = Object.entries(given.request.headers)
    .filter(([name]) => name === 'host' || name === 'x-forwarded-host')
    .flatMap(([, host]) => ['https', 'http'].map((scheme) => `${scheme}://${host}${given.request.path}`))
    .map((value) => ({ means: `the vendor was told another address, ${value}: set publicUrl`, value }))
  return [...changed(given.url, URL_CHANGES), ...byHost].map(({ means, value }) => ({
    ...given,
    means,
    url: value,
  }))
}

/** The changes that can be made and change something. */
function changed<T>(from: T, changes: readonly Change<T>[]): { means: string; value: T }[] {
  return changes.flatMap(([means, change]) => {
    try {
      const value = change(from)
      return value === from || value === '' ? [] : [{ means, value }]
    } catch {
      return []
    }
  })
}

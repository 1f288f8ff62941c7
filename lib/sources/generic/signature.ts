import { createHash } from 'node:crypto'
import type { HttpRequest } from '../../intake/request.ts'
import { liveSecrets } from '../access.ts'
import { MissingSecretError, SignatureError } from '../errors.ts'
import { decodeStrictly, hmac, matchesAnySignature, requireHeader, requireRecent } from '../signature.ts'
import type { Signing, SourceContext } from '../source.ts'
import { isSignedBy, privateKey, publicKey, signWith } from './public-key.ts'
import { ALGORITHMS, type Scheme, signedHeaders } from './scheme.ts'
import { type Signable, signedText } from './signed-text.ts'

const UNITS = {
  s: { read: (text: string) => Number(text) * 1_000, write: (ms: number) => String(Math.floor(ms / 1_000)) },
  ms: { read: Number, write: String },
  iso: { read: Date.parse, write: (ms: number) => new Date(ms).toISOString() },
} as const

/** @throws SignatureError, MissingSecretError; UndecodableError where fields of the body are signed and it is no JSON */
export function requireSignature(
  scheme: Scheme,
  request: HttpRequest,
  context: SourceContext,
  nowMs: number,
): void {
  const secrets = liveSecrets(context)
  const given = piecesOf(requireHeader(request.headers, scheme.header), scheme.separator, scheme.prefix)
  const { method, headers, body } = request
  const from = {
    method,
    headers,
    body,
    url: urlOf(request, context),
    timestamp: timeOf(scheme, headers, nowMs),
  }
  const isGenuine = secrets.map((secret) => matches(scheme, given, { ...from, secret })).includes(true)
  if (!isGenuine) throw new SignatureError(`${scheme.header} holds no signature made with a live secret`)
}

/** The headers a sender of this scheme would add; what else it signs and nobody gave is the id of the delivery. */
export function signatureHeaders(scheme: Scheme, body: Buffer, signing: Signing): Record<string, string> {
  const { secret, nowMs, url, deliveryId } = signing
  const { timestamp, header, prefix, separator } = scheme
  const missing = signedHeaders(scheme).filter((name) => signing.headers[name] === undefined)
  const added = Object.fromEntries(missing.map((name) => [name, deliveryId]))
  const headers = { ...signing.headers, ...added }
  const time = timestamp === undefined ? '' : UNITS[timestamp.unit].write(nowMs)
  const signature = make(scheme, { method: 'POST', url, headers, body, timestamp: time, secret })
  const value = prefix + signature.toString(scheme.encoding)
  if (timestamp === undefined) return { ...added, [header]: value }
  const timed = timestamp.prefix + time
  return timestamp.header === header
    ? { ...added, [header]: `${timed}${separator ?? ' '}${value}` }
    : { ...added, [header]: value, [timestamp.header]: timed }
}

function timeOf({ timestamp, separator }: Scheme, headers: HttpRequest['headers'], nowMs: number): string {
  if (timestamp === undefined) return ''
  const { header, prefix, unit, toleranceSeconds } = timestamp
  const [text = ''] = piecesOf(requireHeader(headers, header), separator, prefix)
  requireRecent(UNITS[unit].read(text === '' ? 'none' : text), nowMs, toleranceSeconds * 1_000)
  return text
}

/** What a header lists under a prefix; all of it, when there is nothing between. */
function piecesOf(header: string, separator: string | undefined, prefix: string): string[] {
  const pieces = separator === undefined ? [header] : header.split(separator)
  return pieces
    .map((piece) => piece.trim())
    .filter((piece) => piece.startsWith(prefix))
    .map((piece) => piece.slice(prefix.length))
}

/** The address as the vendor was told it, with the token and the query it was given. */
function urlOf({ rawQuery }: HttpRequest, { url, token }: SourceContext): string {
  const told = token === undefined ? url : `${url}/${token}`
  return rawQuery === '' ? told : `${told}?${rawQuery}`
}

function matches(scheme: Scheme, given: readonly string[], from: Signable): boolean {
  const { is, hash } = ALGORITHMS[scheme.algorithm]
  if (is !== 'key') return matchesAnySignature(given, [make(scheme, from)], scheme.encoding)
  const key = publicKey(from.secret, keyOf(scheme, from.secret))
  const text = wholeOf(scheme, from)
  return given.some((one) => isSignedBy(key, hash, text, decodeStrictly(one, scheme.encoding)))
}

function make(scheme: Scheme, from: Signable): Buffer {
  const { is, hash } = ALGORITHMS[scheme.algorithm]
  const raw = keyOf(scheme, from.secret)
  if (is === 'mac') return hmac(hash, raw, signedText(scheme, from))
  if (is === 'hash') return createHash(hash).update(wholeOf(scheme, from)).digest()
  return signWith(privateKey(from.secret, raw), hash, wholeOf(scheme, from))
}

function wholeOf(scheme: Scheme, from: Signable): Buffer {
  return Buffer.concat(signedText(scheme, from).map((part) => Buffer.from(part as string)))
}

/** @throws MissingSecretError for a secret that is no key: a MAC made with an empty one is anybody's. */
function keyOf({ key: { prefix, encoding } }: Scheme, secret: string): Buffer {
  if (secret.includes('-----BEGIN')) return Buffer.alloc(0)
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret
  const key = encoding === 'utf8' ? Buffer.from(text) : decodeStrictly(text.trim(), encoding)
  if (key.length === 0) throw new MissingSecretError(`a secret is no key in ${encoding}`)
  return key
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { SignatureError } from './errors.ts'

export type Encoding = 'hex' | 'base64' | 'base64url'
type Bytes = string | Uint8Array

/**
 * Whether what the sender gave is one of the live secrets. Compares SHA-256 digests in constant time and always
 * compares all of them, so that neither length nor position shows in the time it takes. Empty secrets never match.
 */
export function matchesAnySecret(given: string, secrets: readonly string[]): boolean {
  const digest = sha256(given)
  const matches = secrets
    .filter((secret) => secret !== '')
    .map((secret) => timingSafeEqual(digest, sha256(secret)))
  return matches.includes(true)
}

/** HMAC of the parts, one after the other. `key`: text counts as UTF-8. */
export function hmac(algorithm: string, key: Bytes, parts: readonly Bytes[]): Buffer {
  const mac = createHmac(algorithm, key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/**
 * Whether one of the signatures the sender gave is one of those its secrets make. Text that is not the encoding, or of
 * another length, matches nothing and throws nothing. All pairs are compared, in constant time.
 */
export function matchesAnySignature(
  given: readonly string[],
  expected: readonly Buffer[],
  encoding: Encoding,
): boolean {
  const decoded = given.map((text) => decodeStrictly(text, encoding))
  const matches = decoded.flatMap((bytes) => expected.map((one) => equalBytes(bytes, one)))
  return matches.includes(true)
}

/** At most two are written; more of them are no padding, and a header full of them costs no time. */
const PADDING = /={1,2}$/

/** @throws SignatureError naming the header, when its signature is none of those expected */
export function requireMatch(
  header: string,
  given: string,
  expected: readonly Buffer[],
  encoding: Encoding,
): void {
  if (!matchesAnySignature([given], expected, encoding)) throw new SignatureError(`${header} does not match`)
}

/** Bytes of hex, base64 or base64url exactly as an encoder writes them (padding is optional); empty for anything else. */
export function decodeStrictly(text: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(text, encoding)
  const [written, again] = [text, bytes.toString(encoding)].map((one) => one?.replace(PADDING, ''))
  const isSame = encoding === 'hex' ? written?.toLowerCase() === again : written === again
  return isSame ? bytes : Buffer.alloc(0)
}

function equalBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && other.length > 0 && timingSafeEqual(one, other)
}

/**
 * Refuses a signature made too long ago or too far ahead.
 * @throws SignatureError; also when `atMs` is no number
 */
export function requireRecent(atMs: number, nowMs: number, toleranceMs: number): void {
  if (Number.isFinite(atMs) && Math.abs(nowMs - atMs) <= toleranceMs) return
  throw new SignatureError('the time of the signature is not within tolerance')
}

/** @throws SignatureError naming the header */
export function requireHeader(headers: Readonly<Record<string, string>>, name: string): string {
  const value = headers[name]?.trim() ?? ''
  if (value === '') throw new SignatureError(`the header ${name} is missing`)
  return value
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

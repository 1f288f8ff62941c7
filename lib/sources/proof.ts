import type { HttpRequest } from '../intake/request.ts'
import { liveSecrets, requireAccess } from './access.ts'
import { SignatureError } from './errors.ts'
import { type Encoding, hmac, matchesAnySignature, requireHeader, requireRecent } from './signature.ts'
import type { Signing, SourceContext } from './source.ts'

type Headers = Readonly<Record<string, string>>

/** How a sender proves who it is, and how a test does in its place. */
export type Proof = {
  /** @throws SignatureError, MissingSecretError */
  verify(request: HttpRequest, context: SourceContext, nowMs: number): void
  sign(body: Buffer, signing: Signing): Headers
}

/** An unsigned sender: the secret is in the URL, in a header, or the password of Basic authentication. */
export const tokenProof: Proof = {
  verify: (request, context) => requireAccess(request, context),
  sign: () => ({}),
}

/** A sender that signs when it was told a secret, and else has the secret in its URL or in a header. */
export function orToken(header: string, proof: Proof): Proof {
  return {
    sign: proof.sign,
    verify: (request, context, nowMs) =>
      request.headers[header] === undefined
        ? requireAccess(request, context)
        : proof.verify(request, context, nowMs),
  }
}

/** An HMAC-SHA256 with the secret's text as key. */
export type HmacScheme = {
  readonly encoding: Encoding
  /** How far the time in the signature may be from now, where there is one. */
  readonly toleranceMs?: number
  /** @throws SignatureError when a header is missing */
  read(headers: Headers): Given
  /** What is signed, one part after the other. `time` as it is written. */
  message(body: Buffer, time: string, headers: Headers): readonly (string | Buffer)[]
  /** The time as this vendor writes it. */
  time?(nowMs: number): string
  /** The headers a delivery has besides its signature, e.g. its id. */
  headers?(signing: Signing): Headers
  write(signature: string, time: string): Headers
}
type Given = { readonly signatures: readonly string[]; readonly time?: string; readonly timeMs?: number }

export function hmacProof(scheme: HmacScheme): Proof {
  const { encoding, toleranceMs } = scheme
  return {
    verify({ headers, body }, context, nowMs) {
      const secrets = liveSecrets(context)
      const { signatures, time = '', timeMs = Number.NaN } = scheme.read(headers)
      if (toleranceMs !== undefined) requireRecent(timeMs, nowMs, toleranceMs)
      const message = scheme.message(body, time, headers)
      const expected = secrets.map((secret) => hmac('sha256', secret, message))
      if (!matchesAnySignature(signatures, expected, encoding)) {
        throw new SignatureError('the signature does not match')
      }
    },
    sign(body, signing) {
      const time = scheme.time?.(signing.nowMs) ?? ''
      const more = scheme.headers?.(signing) ?? {}
      const message = scheme.message(body, time, { ...signing.headers, ...more })
      return { ...more, ...scheme.write(hmac('sha256', signing.secret, message).toString(encoding), time) }
    },
  }
}

/** One header with the signature of the body: `sha256=<signature>`, or without the prefix. */
export function bodySignature(header: string, encoding: Encoding, prefix = ''): Proof {
  return hmacProof({
    encoding,
    read: (headers) => ({ signatures: [withoutPrefix(requireHeader(headers, header), prefix)] }),
    message: (body) => [body],
    write: (signature) => ({ [header]: prefix + signature }),
  })
}

/** Text that does not begin with the prefix is no signature of this scheme. */
export function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : ''
}

/** One header with time and signatures, `t=<unix seconds>,v1=<hex>`, over `<time>.<body>`. */
export function stampedSignature(header: string, name: string, toleranceMs: number): Proof {
  return hmacProof({
    encoding: 'hex',
    toleranceMs,
    read(headers) {
      const entries = requireHeader(headers, header)
        .split(',')
        .map((entry) => entry.trim().split('=', 2))
      const valuesOf = (wanted: string) =>
        entries.flatMap(([key, value = '']) => (key === wanted ? [value] : []))
      const time = valuesOf('t')[0] ?? ''
      return { signatures: valuesOf(name), time, timeMs: time === '' ? Number.NaN : Number(time) * 1_000 }
    },
    message: (body, time) => [`${time}.`, body],
    time: (nowMs) => String(Math.floor(nowMs / 1_000)),
    write: (signature, time) => ({ [header]: `t=${time},${name}=${signature}` }),
  })
}

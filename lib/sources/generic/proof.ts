import type { HttpRequest } from '../../intake/request.ts'
import { requireAccess, TOKEN_HEADER } from '../access.ts'
import type { Signing, SourceContext } from '../source.ts'
import { headersRead, type ProofOptions } from './options.ts'
import { signedHeaders } from './scheme.ts'
import { requireSignature, signatureHeaders } from './signature.ts'

/** How a sender shows who it is. */
export type Proof = {
  /** The headers a signature covers besides the body, in lower case; undefined when there is no signature. */
  readonly signed: readonly string[] | undefined
  /** The headers that hold the signature or the token. */
  readonly holders: readonly string[]
  /** Where the id of a delivery is, when the options do not say. */
  readonly id?: string
  /** The request with its headers under the names used here. */
  named?(request: HttpRequest): HttpRequest
  /** @throws SignatureError, MissingSecretError */
  require(request: HttpRequest, context: SourceContext, nowMs: number): void
  /** The headers the sender adds. */
  headers(body: Buffer, signing: Signing): Record<string, string>
}

export function proofOf({ signature, tokenHeader = TOKEN_HEADER }: ProofOptions): Proof {
  if (signature !== undefined) {
    return {
      signed: signedHeaders(signature),
      holders: [signature.header],
      require: (request, context, nowMs) => requireSignature(signature, request, context, nowMs),
      headers: (body, signing) => signatureHeaders(signature, body, signing),
    }
  }
  return {
    signed: undefined,
    holders: [tokenHeader],
    require: (request, context) => requireAccess(request, context, tokenHeader),
    headers: (_, { secret }) => ({ [tokenHeader]: secret }),
  }
}

const SECRET_HEADERS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization']

/**
 * What is wrong with the headers that the options read: secrets must not be stored, and where there is a signature what it
 * does not cover is anybody's to write.
 */
export function headerProblems(options: object, { signed, holders }: Proof): string[] {
  return headersRead(options).flatMap((name) => {
    if ([...SECRET_HEADERS, ...holders].includes(name))
      return [`header:${name} is a secret and may not be stored`]
    if (signed === undefined || signed.includes(name)) return []
    return [`header:${name} is not signed, so anybody can write it; leave it out or use the body`]
  })
}

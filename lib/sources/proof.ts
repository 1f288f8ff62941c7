import type { HttpRequest } from '../intake/request.ts'
import type * as z from '../values/schema.ts'
import { requireAccess } from './access.ts'
import { Scheme } from './generic/scheme.ts'
import { requireSignature, signatureHeaders } from './generic/signature.ts'
import type { Signing, SourceContext } from './source.ts'

/** How a form builder proves who it is, and how a test does in its place. */
export type Proof = {
  /** @throws SignatureError, MissingSecretError */
  verify(request: HttpRequest, context: SourceContext, nowMs: number): void
  sign(body: Buffer, signing: Signing): Readonly<Record<string, string>>
}

/** A sender that signs every delivery. */
export function signedBy(given: z.input<typeof Scheme>): Proof {
  const scheme = Scheme.parse(given)
  return {
    verify: (request, context, nowMs) => requireSignature(scheme, request, context, nowMs),
    sign: (body, signing) => signatureHeaders(scheme, body, signing),
  }
}

/** One header with time and signature, `t=<unix seconds>,<name>=<hex>`, over `<time>.<body>`. */
export function stampedBy(header: string, name: string): Proof {
  return signedBy({
    header,
    separator: ',',
    prefix: `${name}=`,
    signed: '{timestamp}.{body}',
    timestamp: { header, prefix: 't=' },
  })
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

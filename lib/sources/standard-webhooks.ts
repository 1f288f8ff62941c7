import type { HttpRequest } from '../intake/request.ts'
import * as z from '../values/schema.ts'
import { liveSecrets } from './access.ts'
import { SignatureError } from './errors.ts'
import type { Proof } from './generic/proof.ts'
import type { Scheme } from './generic/scheme.ts'
import { requireSignature, signatureHeaders } from './generic/signature.ts'
import { FormOptions, formsBy, OrderOptions, ordersBy } from './generic/sources.ts'
import { STANDARD_V1 } from './generic/standard-scheme.ts'

/** With a key pair: `whpk_` is the public key we know, `whsk_` the sender's own. */
const V1A: Scheme = {
  ...STANDARD_V1,
  algorithm: 'ed25519',
  prefix: 'v1a,',
  key: { prefix: 'whpk_', encoding: 'base64' },
}
const V1A_SENDER: Scheme = { ...V1A, key: { prefix: 'whsk_', encoding: 'base64' } }

const standardProof: Proof = {
  signed: ['webhook-id', 'webhook-timestamp'],
  holders: ['webhook-signature', 'svix-signature'],
  id: 'header:webhook-id',
  named: withStandardNames,
  require(request, context, nowMs) {
    const secrets = liveSecrets(context)
    const [asymmetric, symmetric] = [secrets.filter(isPublic), secrets.filter((secret) => !isPublic(secret))]
    const tries = [
      { scheme: STANDARD_V1, secrets: symmetric },
      { scheme: V1A, secrets: asymmetric },
    ].filter((one) => one.secrets.length > 0)
    const failures = tries.map((one) =>
      failureOf(() => requireSignature(one.scheme, request, { ...context, secrets: one.secrets }, nowMs)),
    )
    if (!failures.includes(undefined)) throw failures[0]
  },
  headers: (body, signing) =>
    signatureHeaders(signing.secret.startsWith('whsk_') ? V1A_SENDER : STANDARD_V1, body, signing),
}

function isPublic(secret: string): boolean {
  return secret.startsWith('whpk_')
}

function failureOf(check: () => void): SignatureError | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof SignatureError) return error
    throw error
  }
}

/** Svix, where the standard comes from, named the headers after itself, and many of its customers still do. */
function withStandardNames(request: HttpRequest): HttpRequest {
  const named = ['id', 'timestamp', 'signature'].flatMap((part) => {
    const value = request.headers[`svix-${part}`]
    return value === undefined ? [] : [[`webhook-${part}`, value] as const]
  })
  return { ...request, headers: { ...Object.fromEntries(named), ...request.headers } }
}

const without = { signature: true, tokenHeader: true } as const

/** Forms of any sender that keeps to Standard Webhooks. */
export const standardWebhooksForm = formsBy({
  name: 'standard-webhooks-form',
  options: z.omit(FormOptions, without),
  proof: () => standardProof,
})

/** Orders of any sender that keeps to Standard Webhooks. */
export const standardWebhooksOrder = ordersBy({
  name: 'standard-webhooks-order',
  options: z.omit(OrderOptions, without),
  proof: () => standardProof,
})

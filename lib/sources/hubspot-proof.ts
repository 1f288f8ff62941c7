import { requireAccess } from './access.ts'
import { SignatureError } from './errors.ts'
import { type Proof, signedBy } from './proof.ts'
import type { SourceContext } from './source.ts'

const [NEWEST, OLDER] = ['x-hubspot-signature-v3', 'x-hubspot-signature']

const v3 = signedBy({
  header: NEWEST,
  encoding: 'base64',
  signed: '{method}{url}{body}{timestamp}',
  timestamp: { header: 'x-hubspot-request-timestamp', unit: 'ms' },
})
const v2 = signedBy({ algorithm: 'sha256', header: OLDER, signed: '{secret}{method}{url}{body}' })
const v1 = signedBy({ algorithm: 'sha256', header: OLDER, signed: '{secret}{body}' })

/**
 * HubSpot signs with the app's client secret, or sends an API key. Of the signatures it sends the newest counts
 * (https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests). The address is the one it
 * was told, query included; whether with a token in its path is not known.
 */
export const hubspotProof: Proof = {
  sign: v3.sign,
  verify(request, context, nowMs) {
    const { headers } = request
    if (headers[NEWEST] === undefined && headers[OLDER] === undefined) return requireAccess(request, context)
    const isFirst = headers['x-hubspot-signature-version'] === 'v1'
    const older = isFirst ? v1 : v2
    const proof = headers[NEWEST] === undefined ? older : v3
    return eitherAddress(context, (given) => proof.verify(request, given, nowMs))
  },
}

function eitherAddress({ token, ...bare }: SourceContext, verify: (context: SourceContext) => void): void {
  try {
    verify(bare)
  } catch (error) {
    if (token === undefined || !(error instanceof SignatureError)) throw error
    verify({ ...bare, token })
  }
}

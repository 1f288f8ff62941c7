import { createHash } from 'node:crypto'
import type { HttpRequest } from '../intake/request.ts'
import { liveSecrets } from './access.ts'
import { SignatureError } from './errors.ts'
import type { Proof } from './proof.ts'
import { hmac, matchesAnySignature, requireHeader, requireRecent } from './signature.ts'
import type { SourceContext } from './source.ts'

const [V3, TIME, OLDER, VERSION] = [
  'x-hubspot-signature-v3',
  'x-hubspot-request-timestamp',
  'x-hubspot-signature',
  'x-hubspot-signature-version',
]
const TOLERANCE_MS = 5 * 60_000

/**
 * HubSpot signs with the app's client secret (https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests):
 * version 3 an HMAC over method, address, body and time, versions 1 and 2 a plain SHA-256 that begins with the secret. The
 * newest version that is there counts. The address is the one HubSpot was told, query included.
 */
export const hubspotProof: Proof = {
  verify(request, context, nowMs) {
    const secrets = liveSecrets(context)
    const isNewest = request.headers[V3] !== undefined
    const matches = isNewest
      ? matchesV3(request, context, secrets, nowMs)
      : matchesOlder(request, context, secrets)
    if (!matches) throw new SignatureError('the signature does not match')
  },
  sign(body, { secret, nowMs, url }) {
    const time = String(nowMs)
    return { [V3]: hmac('sha256', secret, [`POST${url}`, body, time]).toString('base64'), [TIME]: time }
  },
}

function matchesV3(
  request: HttpRequest,
  context: SourceContext,
  secrets: readonly string[],
  nowMs: number,
): boolean {
  const time = requireHeader(request.headers, TIME)
  requireRecent(Number(time), nowMs, TOLERANCE_MS)
  const expected = addressesOf(request, context).flatMap((address) =>
    secrets.map((secret) => hmac('sha256', secret, [request.method, address, request.body, time])),
  )
  return matchesAnySignature([requireHeader(request.headers, V3)], expected, 'base64')
}

function matchesOlder(request: HttpRequest, context: SourceContext, secrets: readonly string[]): boolean {
  const isFirst = request.headers[VERSION] === 'v1'
  const before = isFirst ? [''] : addressesOf(request, context).map((address) => request.method + address)
  const expected = before.flatMap((text) =>
    secrets.map((secret) => createHash('sha256').update(secret).update(text).update(request.body).digest()),
  )
  return matchesAnySignature([requireHeader(request.headers, OLDER)], expected, 'hex')
}

/** With or without a token in its path: people may have given HubSpot either. */
function addressesOf({ rawQuery }: HttpRequest, { url, token }: SourceContext): string[] {
  const query = rawQuery === '' ? '' : `?${rawQuery}`
  return [url, ...(token === undefined ? [] : [`${url}/${token}`])].map((address) => address + query)
}

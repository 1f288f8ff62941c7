import type { HttpRequest } from '../intake/request.ts'
import { MissingSecretError, SignatureError } from './errors.ts'
import { matchesAnySecret } from './signature.ts'
import type { SourceContext } from './source.ts'

/** The header an unsigned sender may put its token into, when the instance names no other. */
export const TOKEN_HEADER = 'x-webhook-token'

/**
 * Lets an unsigned sender in that knows a secret: as the last segment of the URL's path, in a header, or as the
 * password of HTTP Basic authentication.
 * @param header in lower case
 * @throws MissingSecretError when the instance has no secret
 * @throws SignatureError when none of the three holds a live secret
 */
export function requireAccess(
  request: HttpRequest,
  context: SourceContext,
  header: string = TOKEN_HEADER,
): void {
  const live = liveSecrets(context)
  const given = [context.token, request.headers[header], basicPassword(request)]
  const matches = given.map((secret) => secret !== undefined && matchesAnySecret(secret, live))
  if (!matches.includes(true)) {
    throw new SignatureError('neither the URL nor a header holds the right token')
  }
}

/**
 * The secrets a signature may be made with.
 * @throws MissingSecretError when there is none
 */
export function liveSecrets({ instance, secrets }: SourceContext): readonly string[] {
  const live = secrets.filter((secret) => secret !== '')
  if (live.length === 0)
    throw new MissingSecretError(`"${instance}" requires a secret and none is configured`)
  return live
}

function basicPassword({ headers }: HttpRequest): string | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
  if (encoded === undefined) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  return decoded.includes(':') ? decoded.slice(decoded.indexOf(':') + 1) : undefined
}

type Headers = Readonly<Record<string, string>>

const PREFLIGHT_FOR_S = 7_200

/**
 * What lets a page's script read the answer (Fetch Standard, CORS protocol): only for an origin of the list. Without a
 * list nothing is added, and the answer does not vary.
 */
export function corsHeaders(headers: Headers, allowed: readonly string[]): Headers {
  if (allowed.length === 0) return {}
  const origin = headers['origin'] ?? ''
  return allowed.includes(origin)
    ? {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'x-event-id, x-correlation-id',
        vary: 'origin',
      }
    : { vary: 'origin' }
}

/** The answer to a preflight: 204, and what an origin of the list may send. */
export function preflightHeaders(headers: Headers, allowed: readonly string[]): Headers {
  const cors = corsHeaders(headers, allowed)
  if (cors['access-control-allow-origin'] === undefined) return cors
  return {
    ...cors,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, idempotency-key, x-webhook-token',
    'access-control-max-age': String(PREFLIGHT_FOR_S),
  }
}

import { createPublicKey, type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { decodeJsonBody } from '../intake/json-body.ts'
import type { HttpRequest } from '../intake/request.ts'
import { liveSecrets, requireAccess } from './access.ts'
import { readOrder } from './adobe-commerce/order.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { MissingSecretError, NotUnderstoodError, SignatureError } from './errors.ts'
import { firstText, isObject, type JsonObject, objectOf, textOf } from './loose-json.ts'
import { unknownTopic } from './order-event.ts'
import { decodeStrictly } from './signature.ts'
import type { Json, Source, SourceContext, Verified } from './source.ts'

const SIGNATURE_HEADERS = ['x-adobe-digital-signature-1', 'x-adobe-digital-signature-2'] as const

/** Observers and plugins that tell of the whole order: `com.adobe.commerce.observer.sales_order_save_commit_after`, … */
const ORDER_EVENT =
  /(?:^|\.)(?:sales_order_(?:save|place)(?:_commit)?_after|order_repository\.save|order_management\.place)$/

/** Orders of Adobe Commerce (Magento): events of Adobe I/O, or an order of its REST API that a module posts. */
export const adobeCommerce: Source = {
  name: 'adobe-commerce',
  kind: 'order',
  /** How long Adobe waits is not published. */
  inlineBudgetMs: 0,
  needsSecret: () => true,

  /** A registration is confirmed by repeating what it asks with. */
  handshake({ method, rawQuery }) {
    const challenge = method === 'GET' ? new URLSearchParams(rawQuery).get('challenge') : null
    if (challenge === null || !/^[\w.~-]{1,200}$/.test(challenge)) return undefined
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: challenge }
  },

  async verify(request, context) {
    requireSender(request, context)
    return { headers: bytesDigest(request.body), payload: decodeJsonBody(request) }
  },

  /** The event's own id stands in the body. */
  identify(verified) {
    const identity = bytesIdentity(verified, orderIdOf(verified))
    const { event_id: eventId, id } = objectOf(verified.payload)
    return {
      ...identity,
      id: isEnvelope(verified.payload) ? (firstText(eventId, id) ?? identity.id) : identity.id,
    }
  },

  toEvent(verified, context) {
    const { payload } = verified
    if (Array.isArray(payload))
      throw new NotUnderstoodError('a batch of events: set the delivery to one at a time')
    const type = textOf(objectOf(payload)['type'])
    if (isEnvelope(payload) && type !== undefined && !ORDER_EVENT.test(type)) {
      return unknownTopic(type)
    }
    const orderId = orderIdOf(verified)
    if (orderId === undefined) throw new NotUnderstoodError('increment_id: the order has no number')
    return readOrder(orderOf(payload), { shop: context.instance, orderId })
  },

  /** With a private key in PEM; a token is the last part of the address. */
  sign(body, { secret }) {
    const headers = { 'content-type': 'application/json' }
    if (!isPem(secret)) return headers
    return { ...headers, [SIGNATURE_HEADERS[0]]: signBytes('sha256', body, pemOf(secret)).toString('base64') }
  },
}

/** Secrets are Adobe's public keys, or tokens for a module; a key, which everybody knows, is never taken for a token. */
function requireSender(request: HttpRequest, context: SourceContext): void {
  const live = liveSecrets(context)
  const [keys, tokens] = [live.filter(isPem), live.filter((secret) => !isPem(secret))]
  const given = SIGNATURE_HEADERS.flatMap((name) => request.headers[name] ?? [])
  if (keys.length === 0 || (given.length === 0 && tokens.length > 0)) {
    requireAccess(request, { ...context, secrets: tokens })
    return
  }
  if (given.length === 0) throw new SignatureError(`the header ${SIGNATURE_HEADERS[0]} is missing`)
  const known = keys.map((key) => publicKey(key, context))
  const signatures = given.map((text) => decodeStrictly(text.trim(), 'base64'))
  const isGood = signatures.some((signature) =>
    known.some((key) => verifyBytes('sha256', request.body, key, signature)),
  )
  if (!isGood) throw new SignatureError(`${SIGNATURE_HEADERS.join(' and ')} do not match`)
}

function isPem(secret: string): boolean {
  return secret.includes('-----BEGIN')
}

/** Where a secret cannot have lines, `\n` stands for their ends. */
function pemOf(secret: string): string {
  return secret.replaceAll('\\n', '\n')
}

function publicKey(secret: string, { instance }: SourceContext): KeyObject {
  try {
    return createPublicKey(pemOf(secret))
  } catch (cause) {
    throw new MissingSecretError(`"${instance}": its secret is no public key in PEM`, { cause })
  }
}

/** https://cloudevents.io, with the order in `data.value`. */
function isEnvelope(payload: Json): payload is JsonObject {
  return isObject(payload) && payload['data'] !== undefined
}

function orderOf(payload: Json): JsonObject {
  const data = objectOf(objectOf(payload)['data'])
  const inside = isObject(data['value']) ? data['value'] : data
  const order = isEnvelope(payload) ? inside : objectOf(payload)
  return isObject(order['order']) ? order['order'] : order
}

/** The number people know, which every event has; the database's id is missing where an order is just being made. */
function orderIdOf({ payload }: Verified): string | undefined {
  return textOf(orderOf(payload)['increment_id'])
}

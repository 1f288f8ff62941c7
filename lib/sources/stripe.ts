import type { Ignored } from '../events/index.ts'
import type { Order } from '../events/order.ts'
import { decodeJsonBody } from '../intake/json-body.ts'
import { singleLine } from '../values/text.ts'
import { liveSecrets } from './access.ts'
import { requireCredential } from './api/credentials.ts'
import { listStripeEvents, listStripeLineItems } from './api/stripe.ts'
import { bytesDigest, bytesIdentity } from './bytes-identity.ts'
import { NotUnderstoodError, SignatureError } from './errors.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from './loose-json.ts'
import { orderFact } from './order-event.ts'
import { hmac, matchesAnySignature, requireHeader, requireRecent } from './signature.ts'
import type { Identity, Source, VendorApi, Verified } from './source.ts'
import { purchaseOf, type StripeEvent, stripeEvent } from './stripe/event.ts'
import { readChargeRefunded, readRefund } from './stripe/refund.ts'
import { readSession } from './stripe/session.ts'

const SIGNATURE_HEADER = 'stripe-signature'
/** The default of Stripe's own libraries. */
const TOLERANCE_MS = 5 * 60_000
const BASE_URL = 'https://api.stripe.com'
const SECRET_KEY = 'secretKey'
const MAX_REASON_CHARACTERS = 60

/** Purchases made with Stripe Checkout or a payment link, and what was given back of them. */
export const stripe: Source = {
  name: 'stripe',
  kind: 'order',
  /** Stripe publishes no clock and tries again for three days; the lines are fetched before the order is delivered. */
  inlineBudgetMs: 0,
  needsSecret: () => true,

  async verify(request, context, nowMs) {
    const secrets = liveSecrets(context)
    const { time, signatures } = signatureParts(requireHeader(request.headers, SIGNATURE_HEADER))
    const expected = secrets.map((secret) => signatureOf(request.body, time, secret))
    if (!matchesAnySignature(signatures, expected, 'hex')) {
      throw new SignatureError(`${SIGNATURE_HEADER} does not match`)
    }
    requireRecent(Number(time) * 1000, nowMs, TOLERANCE_MS)
    return { headers: { ...bytesDigest(request.body) }, payload: decodeJsonBody(request) }
  },

  identify: identityOf,

  async enrich({ payload }, _, api) {
    const { type, object } = stripeEvent(payload)
    const session = textOf(object['id'])
    if (!FETCHES_LINES.has(type) || session === undefined || object['mode'] === 'setup') return undefined
    const secretKey = await api.credential(SECRET_KEY)
    if (secretKey === undefined || secretKey === '') return undefined
    return { lineItems: await listStripeLineItems(session, { ...reach(api), secretKey }) }
  },

  toEvent(verified, context) {
    const event = stripeEvent(verified.payload)
    const read = TYPES.get(event.type)
    if (read === undefined) return { kind: 'ignored', reason: reasonOf(event) }
    if (!event.isLive && !context.acceptTests) return { kind: 'ignored', reason: 'test-delivery' }
    const orderId = purchaseOf(event)
    if (orderId === undefined) return { kind: 'ignored', reason: 'no-payment-intent' }
    return read(event, { shop: context.instance, orderId, lineItems: lineItemsOf(verified) })
  },

  /** Events themselves, of the last 30 days: they have the same ids as their deliveries. */
  async *listSince(sinceMs, _, api) {
    const secretKey = await requireCredential(api, SECRET_KEY)
    for (const payload of await listStripeEvents(sinceMs, [...TYPES.keys()], { ...reach(api), secretKey })) {
      const verified = { headers: {}, payload }
      yield { verified, identity: identityOf(verified) }
    }
  },

  sign(body, { secret, nowMs }) {
    const time = String(Math.floor(nowMs / 1000))
    const signature = signatureOf(body, time, secret).toString('hex')
    return {
      'content-type': 'application/json; charset=utf-8',
      [SIGNATURE_HEADER]: `t=${time},v1=${signature}`,
    }
  },
}

type Of = {
  readonly shop: string
  readonly orderId: string
  readonly lineItems: readonly JsonObject[] | undefined
}

type Reading = (event: StripeEvent, of: Of) => Order | Ignored

const session =
  (fact?: 'paid' | 'payment-failed'): Reading =>
  (event, of) => {
    if (event.object['object'] !== 'checkout.session')
      throw new NotUnderstoodError('data.object is no session')
    if (event.object['mode'] === 'setup') return { kind: 'ignored', reason: 'setup-session' }
    return readSession(event, { ...of, ...(fact !== undefined && { fact }) })
  }

/** A cart nobody paid for: without a snapshot it becomes nothing in the CRM. */
const expired: Reading = ({ createdAt }, { shop, orderId }) =>
  orderFact({
    kind: 'order',
    shop,
    orderId,
    standing: { is: 'fact', name: 'expired' },
    at: createdAt,
    attributes: [],
  })

const refund: Reading = (event, { shop, orderId }) => readRefund(event, { shop, orderId })

/** https://docs.stripe.com/api/events/types */
const TYPES: ReadonlyMap<string, Reading> = new Map([
  ['checkout.session.completed', session()],
  ['checkout.session.async_payment_succeeded', session('paid')],
  ['checkout.session.async_payment_failed', session('payment-failed')],
  ['checkout.session.expired', expired],
  ['charge.refunded', (event, { shop, orderId }) => readChargeRefunded(event, { shop, orderId })],
  ['charge.refund.updated', refund],
  ['refund.created', refund],
  ['refund.updated', refund],
  ['refund.failed', refund],
])

const FETCHES_LINES: ReadonlySet<string> = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
])

/** `t=<unix seconds>,v1=<hex>`, of which several during a roll of the secret; `v0` is for tests and not checked. */
function signatureParts(header: string): { readonly time: string; readonly signatures: readonly string[] } {
  const parts = header.split(',').map((part) => part.trim().split('=', 2))
  const time = parts.find(([name]) => name === 't')?.[1] ?? ''
  if (!/^\d{1,12}$/.test(time)) throw new SignatureError(`${SIGNATURE_HEADER} has no time`)
  return { time, signatures: parts.flatMap(([name, value = '']) => (name === 'v1' ? [value] : [])) }
}

/** The secret counts as it is written, `whsec_` included (https://docs.stripe.com/webhooks). */
function signatureOf(body: Buffer, time: string, secret: string): Buffer {
  return hmac('sha256', secret, [`${time}.`, body])
}

function identityOf(verified: Verified): Identity {
  const event = stripeEvent(verified.payload)
  const identity = bytesIdentity(verified, TYPES.has(event.type) ? purchaseOf(event) : undefined)
  return event.id === undefined ? identity : { ...identity, id: event.id }
}

function lineItemsOf({ fetched }: Verified): readonly JsonObject[] | undefined {
  return fetched === undefined ? undefined : objectsOf(objectOf(fetched)['lineItems'])
}

function reach({ baseUrl = BASE_URL, timeoutMs }: VendorApi) {
  return { baseUrl, timeoutMs }
}

function reasonOf({ type }: StripeEvent): string {
  return `type ${singleLine(type)}`.slice(0, MAX_REASON_CHARACTERS)
}

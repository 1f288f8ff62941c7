import { isObject, type JsonObject, objectOf, textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'

/** A Stripe event (https://docs.stripe.com/api/events/object), whatever it is about. */
export type StripeEvent = {
  readonly id: string | undefined
  readonly type: string
  readonly isLive: boolean
  /** ISO 8601 in UTC. */
  readonly createdAt: string | undefined
  readonly object: JsonObject
}

export function stripeEvent(payload: Json): StripeEvent {
  const event = objectOf(payload)
  return {
    id: textOf(event['id']),
    type: textOf(event['type']) ?? '',
    isLive: event['livemode'] === true,
    createdAt: unixTime(event['created']),
    object: objectOf(objectOf(event['data'])['object']),
  }
}

/** Seconds since 1970 as ISO 8601 in UTC. */
export function unixTime(value: Json | undefined): string | undefined {
  const seconds = Number(textOf(value) ?? Number.NaN)
  return Number.isInteger(seconds) && Math.abs(seconds) < 1e11
    ? new Date(seconds * 1000).toISOString()
    : undefined
}

/** The id of what may stand as an id or, expanded, as the whole. */
export function idOf(value: Json | undefined): string | undefined {
  return isObject(value) ? textOf(value['id']) : textOf(value)
}

/** Sessions, charges and refunds of one purchase share its payment intent; a session without a payment is its own. */
export function purchaseOf({ object }: StripeEvent): string | undefined {
  const isSession = object['object'] === 'checkout.session'
  return idOf(object['payment_intent']) ?? (isSession ? textOf(object['id']) : undefined)
}

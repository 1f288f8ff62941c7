import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { Delivery, Kind } from './deliveries.ts'
import type { Fleet } from './fleet.ts'

/** A sender that hears nothing for this long sends again. */
const PATIENCE_MS = 20_000
const SEND_AGAIN_AFTER_MS = 200

const Answer = z.object({ reference: z.string() })

export type Sent = {
  /** Of each kind, by the delivery's id: the references it was given. More than one would be a delivery taken for another. */
  readonly references: Readonly<Record<Kind, ReadonlyMap<string, ReadonlySet<string>>>>
  /** Deliveries that had to be sent again because nothing, or no 2xx, came back. */
  readonly resent: number
}

export type Pace = { readonly senders: number; readonly rate: number }

/** Sends every delivery to one of the workers until it is answered 2xx, as a shop or a form does that must not lose it. */
export async function sendAll(
  deliveries: readonly Delivery[],
  fleet: Pick<Fleet, 'urls'>,
  { senders, rate }: Pace,
  random: () => number,
): Promise<Sent> {
  const references = { forms: new Map<string, Set<string>>(), orders: new Map<string, Set<string>>() }
  const began = performance.now()
  const waiting = deliveries.entries()
  let resent = 0
  const work = async () => {
    for (const [index, delivery] of waiting) {
      if (rate > 0) await sleep(Math.max(0, began + (index * 1_000) / rate - performance.now()))
      for (;;) {
        const reference = await sendOnce(delivery, fleet, random)
        if (reference !== undefined) {
          const known = references[delivery.kind]
          known.set(delivery.id, (known.get(delivery.id) ?? new Set()).add(reference))
          break
        }
        resent += 1
        await sleep(SEND_AGAIN_AFTER_MS)
      }
    }
  }
  await Promise.all(Array.from({ length: senders }, work))
  return { references, resent }
}

/** The reference the delivery was given; undefined when it has to be sent again. */
async function sendOnce(
  { path, headers, body }: Delivery,
  { urls }: Pick<Fleet, 'urls'>,
  random: () => number,
) {
  const living = urls()
  const url = living[Math.floor(random() * living.length)]
  if (url === undefined) return undefined
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const text = await response.text()
    return response.ok ? Answer.parse(JSON.parse(text)).reference : undefined
  } catch {
    return undefined
  }
}

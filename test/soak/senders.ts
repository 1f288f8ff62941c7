import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { Fleet } from './fleet.ts'
import type { Submission } from './submissions.ts'

/** A sender that hears nothing for this long sends again. */
const PATIENCE_MS = 20_000
const SEND_AGAIN_AFTER_MS = 200

const Answer = z.object({ reference: z.string() })

export type Sent = {
  /** By submission id: the references it was given. More than one would be a delivery taken for another. */
  readonly references: ReadonlyMap<string, ReadonlySet<string>>
  /** Deliveries that had to be sent again because nothing, or no 2xx, came back. */
  readonly resent: number
}

export type Pace = { readonly senders: number; readonly rate: number }

/** Sends every delivery to one of the workers until it is answered 2xx, as a shop or a form does that must not lose it. */
export async function sendAll(
  deliveries: readonly Submission[],
  fleet: Pick<Fleet, 'urls'>,
  { senders, rate }: Pace,
  random: () => number,
): Promise<Sent> {
  const references = new Map<string, Set<string>>()
  const began = performance.now()
  const waiting = deliveries.entries()
  let resent = 0
  const work = async () => {
    for (const [index, delivery] of waiting) {
      if (rate > 0) await sleep(Math.max(0, began + (index * 1_000) / rate - performance.now()))
      for (;;) {
        const reference = await sendOnce(delivery, fleet, random)
        if (reference !== undefined) {
          const { submission_id: id } = delivery
          references.set(id, (references.get(id) ?? new Set()).add(reference))
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
async function sendOnce(delivery: Submission, { urls }: Pick<Fleet, 'urls'>, random: () => number) {
  const living = urls()
  const url = living[Math.floor(random() * living.length)]
  if (url === undefined) return undefined
  try {
    const response = await fetch(`${url}/forms/soak`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ ...delivery }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const text = await response.text()
    return response.ok ? Answer.parse(JSON.parse(text)).reference : undefined
  } catch {
    return undefined
  }
}

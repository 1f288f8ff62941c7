import { isDefinite } from './settle-all.ts'

export type Sent<T, R> = {
  readonly done: readonly R[]
  /** What was not begun: the window had closed, or one before it failed. */
  readonly unsent: readonly T[]
  /** The failure that matters most. */
  readonly failure?: unknown
}

/**
 * Runs `send` for one after another, `atOnce` at a time, each begun only while the window is open, none after a failure.
 * Resolves when none is under way any more. The first is always begun.
 */
export async function sendInTurn<T, R>(
  all: readonly T[],
  atOnce: number,
  isOpen: () => boolean,
  send: (one: T) => Promise<R>,
): Promise<Sent<T, R>> {
  const done: R[] = []
  const failures: unknown[] = []
  let next = 0
  const mayGoOn = () => next < all.length && failures.length === 0 && (next < atOnce || isOpen())
  const worker = async () => {
    while (mayGoOn()) {
      const one = all[next] as T
      next += 1
      try {
        done.push(await send(one))
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, all.length)) }, worker))
  const unsent = all.slice(next)
  if (failures.length === 0) return { done, unsent }
  return { done, unsent, failure: failures.find((one) => !isDefinite(one)) ?? failures[0] }
}

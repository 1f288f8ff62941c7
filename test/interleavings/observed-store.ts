import type { Store } from '../../lib/delivery/store/store.ts'
import type { Asked, Call } from './history.ts'

/** Lets the others go first; the scheduler says for how long. */
export type Step = (label: string) => Promise<void>

/** The calls of all workers, and the order in which they were made and answered. */
export type Book = { readonly calls: Call[]; turn: number }

/**
 * A worker's way to a shared store: before a call is carried out and before its answer arrives, others may go first. Every
 * call is written down.
 */
export function observedStore(store: Store, book: Book, step: Step): Store {
  const observe = async <T>(asked: Asked, work: () => Promise<T>): Promise<T> => {
    const entry = { ...asked, invoked: turn(book), answered: Number.POSITIVE_INFINITY }
    const index = book.calls.push(entry) - 1
    await step(`${asked.op} ${asked.key}`)
    const result = await work()
    await step(`${asked.op} ${asked.key} is answered`)
    book.calls[index] = { ...entry, result, answered: turn(book) } as Call
    return result
  }
  return {
    now: store.now,
    epoch: store.epoch,
    get: (key) => observe({ op: 'get', key }, () => store.get(key)),
    putIfAbsent: (key, write) =>
      observe({ op: 'putIfAbsent', key, write: structuredClone(write) }, () => store.putIfAbsent(key, write)),
    replace: (key, version, write) =>
      observe({ op: 'replace', key, version, write: structuredClone(write) }, () =>
        store.replace(key, version, write),
      ),
    expire: async (key, expiresAt) => {
      await step(`expire ${key}`)
      await store.expire(key, expiresAt)
    },
    listDue: async (until, limit) => {
      await step('list due')
      return store.listDue(until, limit)
    },
    scan: (prefix) => store.scan(prefix),
    close: async () => undefined,
  }
}

function turn(book: Book): number {
  book.turn += 1
  return book.turn
}

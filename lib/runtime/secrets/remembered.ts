import { StoreUnavailableError } from '../../delivery/store/store.ts'
import { liveValues, type Secrets } from './secrets.ts'

export type RememberedOptions = {
  readonly place: string
  /** The texts of secrets by name; one that is not there is missing. */
  readonly fetch: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>
  readonly namesAtOnce: number
  readonly monotonicMs: () => number
}

type Remembered = { readonly values: readonly string[]; readonly readAt: number }

/** As long as AWS's own extension for parameters and secrets remembers them. */
const REMEMBERED_MS = 5 * 60_000
/** A value asked for as it is now may be this old: a locked gate asks before every delivery. */
const FRESH_MS = 2_000

/**
 * Secrets that are asked for once and remembered for five minutes, those that are wanted at the same moment in one request.
 * While nobody answers the last known values count; that there is none is remembered too.
 */
export function rememberedSecrets(options: RememberedOptions): Secrets {
  const known = new Map<string, Remembered>()
  const asking = batched(options)
  return {
    place: options.place,
    async read(name, fresh) {
      const before = known.get(name)
      const maxAgeMs = fresh === undefined ? REMEMBERED_MS : FRESH_MS
      if (before !== undefined && options.monotonicMs() - before.readAt < maxAgeMs) return before.values
      try {
        const values = liveValues((await asking(name)) ?? '')
        known.set(name, { values, readAt: options.monotonicMs() })
        return values
      } catch (error) {
        if (before === undefined || !(error instanceof StoreUnavailableError)) throw error
        return before.values
      }
    },
  }
}

type Batch = { readonly names: Set<string>; readonly texts: Promise<ReadonlyMap<string, string>> }

/** Names asked for in one turn of the event loop go in one request, and who asks for the same meanwhile waits for it. */
function batched({ fetch, namesAtOnce }: RememberedOptions) {
  let open: Batch | undefined
  const begin = (): Batch => {
    const names = new Set<string>()
    const texts = Promise.resolve().then(() => {
      open = undefined
      return fetch([...names])
    })
    return { names, texts }
  }
  return async (name: string): Promise<string | undefined> => {
    if (open === undefined || open.names.size >= namesAtOnce) open = begin()
    const { names, texts } = open
    names.add(name)
    return (await texts).get(name)
  }
}

import type { Middleware } from '../../lib/crm/request.ts'

/** One request: from when it was handed to the client until its answer was there, in ms. */
export type Timed = { readonly what: string; readonly from: number; readonly until: number }

/** Writes down every request that goes through it. */
export function timing(into: Timed[]): Middleware {
  return async (request, next) => {
    const from = performance.now()
    try {
      return await next(request)
    } finally {
      const what = `${request.method} ${request.path.replace(/\(.*/, "('…')")}`
      into.push({ what, from, until: performance.now() })
    }
  }
}

/** What the quote is complete without: notes, and reading it again for its total. */
export function isBeside({ what }: Timed): boolean {
  return /Notes|^GET (Quotes\(|QuoteItems)/.test(what)
}

/**
 * How many requests there are one after another: the most of them of which no two were open at the same time. Taking
 * always the one that ends first finds it.
 */
export function sequentialDepth(requests: readonly Timed[]): number {
  let depth = 0
  let end = Number.NEGATIVE_INFINITY
  for (const { from, until } of requests.toSorted((one, other) => one.until - other.until)) {
    if (from < end) continue
    depth += 1
    end = until
  }
  return depth
}

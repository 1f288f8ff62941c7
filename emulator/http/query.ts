import { refuse } from '../refusal.ts'
import type { Dialect } from '../switches.ts'
import { decode } from './address.ts'

export type FeedQuery = {
  readonly where?: string
  readonly select?: string
  readonly orderBy?: string
  /** 1-based. */
  readonly startIndex: number
  readonly count: number
}

/** A feed in which nothing was found. */
export function emptyFeed(url: string) {
  return { $url: url, $totalResults: 0, $startIndex: 1, $itemsPerPage: 0, $resources: [] }
}

/** The parameters of a query string by their lower-case names. `+` is a plus: blanks are documented as `%20`. */
export function parseQuery(search: string): ReadonlyMap<string, string> {
  const pairs = search.replace(/^\?/, '').split('&').filter(Boolean)
  return new Map(
    pairs.map((pair) => {
      const equals = pair.indexOf('=')
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
      return [decode(name).toLowerCase(), decode(value)]
    }),
  )
}

/** @throws Refusal 400 when startIndex or count is not a number that makes sense */
export function feedQuery(parameters: ReadonlyMap<string, string>, dialect: Dialect): FeedQuery {
  const text = (name: string) => parameters.get(name)?.trim() || undefined
  const [where, select] = [text('where'), text('select')]
  const orderBy = dialect.orderBy === 'honoured' ? text('orderby') : undefined
  return {
    ...(where !== undefined && { where }),
    ...(select !== undefined && { select }),
    ...(orderBy !== undefined && { orderBy }),
    startIndex: wholeNumber(parameters, 'startIndex', 1, 1),
    count: capped(wholeNumber(parameters, 'count', 0, dialect.pageSize), dialect.pageCap),
  }
}

function capped(count: number, cap: Dialect['pageCap']): number {
  return cap === 'none' ? count : Math.min(count, cap)
}

function wholeNumber(
  parameters: ReadonlyMap<string, string>,
  name: string,
  least: number,
  fallback: number,
): number {
  const value = parameters.get(name.toLowerCase())
  if (value === undefined) return fallback
  if (!/^\d{1,9}$/.test(value) || Number(value) < least) {
    throw refuse(400, 'BadQueryParameter', `${name} must be a whole number of at least ${least}`)
  }
  return Number(value)
}

import { CrmMisconfiguredError } from './errors.ts'
import type { Feed, FeedQuery } from './feed.ts'
import type { Row } from './row.ts'

const PAGE_SIZE = 100
const MAX_PAGES = 1_000

/**
 * All pages, each record once. Pages are index based and the CRM may give fewer rows than asked for, so the index
 * advances by what came; without a total the walk ends with the first page that brings nothing new.
 */
export async function* walkPages(
  read: (query: FeedQuery) => Promise<Feed>,
  query: FeedQuery,
): AsyncGenerator<Feed, void, undefined> {
  const [sent, given] = [new Set<string>(), new Set<string>()]
  let startIndex = query.startIndex ?? 1
  while (true) {
    const page = await read({ count: PAGE_SIZE, ...query, startIndex })
    const rows = page.rows.filter(({ key }) => isNew(key, given))
    const news = page.keys.filter((key) => isNew(key, sent))
    startIndex += page.received
    const isLast = page.received === 0 || startIndex > (page.totalResults ?? Number.POSITIVE_INFINITY)
    const isRepeated = page.totalResults === undefined && news.length === 0
    if (!isRepeated) yield { ...page, rows }
    if (isLast || isRepeated) return
  }
}

/** A row of a view may have no key; nobody can tell whether it was there before. */
function isNew(key: string, seen: Set<string>): boolean {
  if (key === '') return true
  const isFirst = !seen.has(key)
  seen.add(key)
  return isFirst
}

/** Every row that satisfies a condition, and what it took to find them. */
export type Found = {
  readonly rows: readonly Row[]
  /** The condition could not be expressed and was, in part, decided on this side. */
  readonly filtered: boolean
  /** How many rows the CRM sent. */
  readonly received: number
}

/** The first `limit` rows of all pages. */
export async function collect(pages: AsyncIterable<Feed>, limit: number): Promise<Found> {
  const rows: Row[] = []
  let [filtered, received, count] = [false, 0, 0]
  for await (const page of pages) {
    rows.push(...page.rows)
    filtered ||= page.filtered
    received += page.received
    count += 1
    if (rows.length >= limit) break
    if (count >= MAX_PAGES)
      throw new CrmMisconfiguredError(`the CRM's answer has no end after ${MAX_PAGES} pages`)
  }
  return { rows: rows.slice(0, limit), filtered, received }
}

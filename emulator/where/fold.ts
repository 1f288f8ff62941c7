import type { DatabaseSync } from 'node:sqlite'

/**
 * Text as it is compared: without regard to letter case. Letter by letter, and no other letter becomes one of ASCII
 * (the Kelvin sign stays itself), so that an ASCII beginning of the text is one of the folded text too.
 */
export function fold(text: string): string {
  return text.replace(/[A-Z]|\P{ASCII}/gu, foldLetter)
}

function foldLetter(letter: string): string {
  const lower = letter.toLowerCase()
  const becomesAscii = letter > '\u007f' && lower < '\u0080'
  return becomesAscii ? letter : lower
}

/** What LIKE takes for wildcards: `%` any text, `_` any one character, `[a-f]` one of a set. */
export type Wildcards = '%' | '%_' | '%_['

/** Any text, or what one letter must be. */
type Element = '%' | ((letter: string) => boolean)

/** Whether text fits a pattern. Takes time proportional to the two lengths multiplied at most. */
export function isLike(text: string, pattern: string, wildcards: Wildcards = '%_'): boolean {
  return fits(text, elementsOf(fold(pattern), wildcards))
}

function fits(text: string, wanted: readonly Element[]): boolean {
  const letters = [...fold(text)]
  let [at, next] = [0, 0]
  let retry: { readonly at: number; readonly next: number } | undefined
  while (at < letters.length) {
    const element = wanted[next]
    if (element === '%') {
      next += 1
      retry = { at, next }
    } else if (element?.(letters[at] ?? '')) {
      at += 1
      next += 1
    } else if (retry !== undefined) {
      retry = { at: retry.at + 1, next: retry.next }
      at = retry.at
      next = retry.next
    } else return false
  }
  return wanted.slice(next).every((element) => element === '%')
}

const PARTS = { '%': /./gsu, '%_': /./gsu, '%_[': /\[\^?[^\]]+\]|./gsu } as const

function elementsOf(pattern: string, wildcards: Wildcards): Element[] {
  return [...pattern.matchAll(PARTS[wildcards])].map(([part]) => {
    if (part === '%') return '%'
    if (part === '_' && wildcards !== '%') return () => true
    return part.length > 1 && part.startsWith('[') ? inSet(part) : (letter) => letter === part
  })
}

/** `[abc]`, `[a-f]`, `[^a-f]`, as SQL Server has them. */
function inSet(set: string): Element {
  const isNegated = set.startsWith('[^')
  const ranges = [...set.slice(isNegated ? 2 : 1, -1).matchAll(/(.)-(.)|(.)/gsu)]
  return (letter) =>
    isNegated !==
    ranges.some(([, low, high, one]) => letter >= (low ?? one ?? '') && letter <= (high ?? one ?? ''))
}

/** Gives a database the functions that the SQL of `toSql` calls. */
export function registerFunctions(database: DatabaseSync): void {
  const options = { deterministic: true }
  database.function('fold', options, (text) => (typeof text === 'string' ? fold(text) : text))
  // A query asks with the same pattern row after row.
  let [read, wanted]: [string | undefined, readonly Element[]] = [undefined, []]
  database.function('is_like', options, (value, pattern, wildcards) => {
    if (value === null) return null
    if (read !== `${wildcards} ${pattern}`) {
      read = `${wildcards} ${pattern}`
      wanted = elementsOf(fold(String(pattern)), wildcards as Wildcards)
    }
    return fits(String(value), wanted) ? 1 : 0
  })
}

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

/**
 * Whether text fits a pattern in which `%` stands for any text and `_` for any one character, as SQL's LIKE has it.
 * Takes time proportional to the two lengths multiplied at most.
 */
export function isLike(text: string, pattern: string): boolean {
  const [letters, wanted] = [[...fold(text)], [...fold(pattern)]]
  let [at, next] = [0, 0]
  let retry: { readonly at: number; readonly next: number } | undefined
  while (at < letters.length) {
    if (wanted[next] === '%') {
      next += 1
      retry = { at, next }
    } else if (wanted[next] === '_' || wanted[next] === letters[at]) {
      at += 1
      next += 1
    } else if (retry !== undefined) {
      retry = { at: retry.at + 1, next: retry.next }
      at = retry.at
      next = retry.next
    } else return false
  }
  return wanted.slice(next).every((letter) => letter === '%')
}

/** Gives a database the functions that the SQL of `toSql` calls. */
export function registerFunctions(database: DatabaseSync): void {
  const options = { deterministic: true }
  database.function('fold', options, (text) => (typeof text === 'string' ? fold(text) : text))
  database.function('is_like', options, (value, pattern) => {
    if (value === null) return null
    return isLike(String(value), String(pattern)) ? 1 : 0
  })
}

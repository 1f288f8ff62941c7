import { WhereSyntaxError } from './condition.ts'

export type TokenKind = 'word' | 'string' | 'number' | 'date' | 'symbol' | 'end'

/** `text` is what the token means: a string without its quotes, a date without its `@`. `at` is 1-based. */
export type Token = { readonly kind: TokenKind; readonly text: string; readonly at: number }

type Pattern = { readonly kind: TokenKind; readonly pattern: RegExp; meaning(text: string): string }

const asWritten = (text: string) => text
const PATTERNS: readonly Pattern[] = [
  { kind: 'string', pattern: /'(?:[^']|'')*'/y, meaning: (text) => text.slice(1, -1).replaceAll("''", "'") },
  { kind: 'string', pattern: /"(?:[^"]|"")*"/y, meaning: (text) => text.slice(1, -1).replaceAll('""', '"') },
  {
    kind: 'date',
    pattern: /@\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?@/y,
    meaning: (text) => text.slice(1, -1),
  },
  { kind: 'number', pattern: /[+-]?\d+(?:\.\d+)?(?![\w.])/y, meaning: asWritten },
  { kind: 'word', pattern: /[A-Za-z_]\w*/y, meaning: asWritten },
  { kind: 'symbol', pattern: /[(),=]/y, meaning: asWritten },
]
const BLANKS = /\s*/y

/**
 * Splits a `where` into tokens; the last one is `end`.
 * @throws WhereSyntaxError where no token begins, so also for a string without its closing quote
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let index = skipBlanks(text, 0)
  while (index < text.length) {
    const { token, next } = readToken(text, index)
    tokens.push(token)
    index = skipBlanks(text, next)
  }
  return [...tokens, { kind: 'end', text: '', at: text.length + 1 }]
}

function readToken(text: string, index: number): { token: Token; next: number } {
  for (const { kind, pattern, meaning } of PATTERNS) {
    pattern.lastIndex = index
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) {
      return { token: { kind, text: meaning(found), at: index + 1 }, next: index + found.length }
    }
  }
  throw new WhereSyntaxError(`cannot read "${text.slice(index, index + 20)}" at character ${index + 1}`)
}

function skipBlanks(text: string, index: number): number {
  BLANKS.lastIndex = index
  return index + (BLANKS.exec(text)?.[0].length ?? 0)
}

/** Text as SQL Server's default collation compares it: without regard to case and trailing blanks. */
export function fold(text: unknown): string {
  return String(text ?? '')
    .replace(/ +$/, '')
    .toLowerCase()
}

/** SQL's `like`: `%` is any text, `_` any one character. */
export function matches(text: unknown, pattern: unknown): number {
  const source = fold(pattern)
    .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]')
  return new RegExp(`^${source}$`, 'u').test(fold(text)) ? 1 : 0
}

/** What `toSql` needs of a database connection. */
export const SQL_FUNCTIONS = { fold, matches } as const

import { singleLine, trimToUndefined } from './text.ts'

export type PersonName = { readonly firstName?: string; readonly lastName?: string }

/**
 * A full name in two parts: `Last, First` as written, otherwise the last word is the last name.
 * A single word is a last name, because Sage CRM demands one. Blank text gives neither.
 */
export function splitName(full: string): PersonName {
  const name = singleLine(full)
  const comma = name.indexOf(',')
  if (comma >= 0) return partsOf(name.slice(comma + 1), name.slice(0, comma))
  const lastBlank = name.lastIndexOf(' ')
  return partsOf(name.slice(0, Math.max(0, lastBlank)), name.slice(lastBlank + 1))
}

function partsOf(first: string, last: string): PersonName {
  const firstName = trimToUndefined(first)
  const lastName = trimToUndefined(last)
  if (lastName === undefined) return firstName === undefined ? {} : { lastName: firstName }
  return firstName === undefined ? { lastName } : { firstName, lastName }
}

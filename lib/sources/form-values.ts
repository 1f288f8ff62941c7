import { isObject, textOf } from './loose-json.ts'
import type { Json } from './source.ts'

/** The value as a list; an empty one for anything else. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** Anything a visitor can have answered, for people to read: `a, b` · `key: value; key: value` · `Yes`. Blank: ''. */
export function readable(value: Json | undefined): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (Array.isArray(value)) return value.map(readable).filter(Boolean).join(', ')
  if (!isObject(value)) return textOf(value) ?? ''
  const parts = Object.entries(value).map(([key, inner]) => [key, readable(inner)] as const)
  return parts
    .filter(([, text]) => text !== '')
    .map(([key, text]) => `${key}: ${text}`)
    .join('; ')
}

/**
 * A vendor's time as ISO 8601 in UTC; undefined when it is none. Text without a zone is taken for UTC, a number for
 * milliseconds since 1970.
 */
export function utcOf(value: Json | undefined): string | undefined {
  const text = textOf(value)
  if (text === undefined) return undefined
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text.replace(' ', 'T')}Z`
  const date = new Date(/^\d{9,}$/.test(text) ? Number(text) : zoned)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

export function isWebAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text)
}

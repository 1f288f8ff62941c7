import { XMLParser } from 'fast-xml-parser'
import { textDecoder } from './charset.ts'
import { UndecodableError } from './errors.ts'
import { parseHeaderValue } from './header-value.ts'
import { type JsonValue, MAX_JSON_DEPTH, MAX_JSON_KEYS } from './json-body.ts'
import { requireAtMost } from './limits.ts'
import type { HttpRequest } from './request.ts'

/** Attributes are left out; every value is text; what is repeated is a list. */
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  maxNestedTags: MAX_JSON_DEPTH,
})
/** Blanks after `<` are not well-formed. */
const REFUSED_TAGS = /<(?:__proto__|constructor|prototype)[\s/>]/

/**
 * An XML body as a value: `<order><id>5</id></order>` is `{ order: { id: '5' } }`.
 * @throws UndecodableError for XML that is not well-formed, has a DOCTYPE or more than 32 levels, or an element named
 *   `__proto__`, `constructor` or `prototype`
 * @throws BodyTooLargeError for more than 100 000 tags
 */
export function decodeXmlBody({ body, headers }: Pick<HttpRequest, 'body' | 'headers'>): JsonValue {
  const { charset } = Object.fromEntries(parseHeaderValue(headers['content-type'] ?? '').parameters)
  const text = textDecoder(charset)(body)
  requireAtMost(MAX_JSON_KEYS, text.split('<').length - 1, 'number of tags in the XML body')
  if (/<!DOCTYPE/i.test(text)) throw new UndecodableError('body: XML may not have a DOCTYPE')
  if (REFUSED_TAGS.test(text)) throw new UndecodableError('body: the name of an element is not allowed')
  try {
    return parser.parse(text, true) as JsonValue
  } catch (cause) {
    throw new UndecodableError('body: is not well-formed XML', { cause })
  }
}

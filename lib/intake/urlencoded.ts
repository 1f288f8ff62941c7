import { textDecoder } from './charset.ts'
import type { DecodedForm } from './decoded-form.ts'
import type { HeaderValue } from './header-value.ts'
import { MAX_FIELDS, requireAtMost } from './limits.ts'

/**
 * Decodes `application/x-www-form-urlencoded`. Percent signs that start no escape stay as they are; a name without
 * `=` has an empty value; an entry with neither name nor value is dropped. The charset is that of the Content-Type,
 * else the one the browser put into the `_charset_` field (HTML Standard, form submission), else UTF-8. Throws BodyTooLargeError for too many
 * entries, before it decodes them.
 */
export function decodeUrlencoded(body: Buffer, contentType: HeaderValue): DecodedForm {
  const filled = body.toString('latin1').split('&').filter(isFilled)
  requireAtMost(MAX_FIELDS, filled.length, 'number of form fields')
  const entries = filled.map(bytesOfEntry)
  const decode = textDecoder(contentType.parameters.get('charset') ?? charsetField(entries))
  return { fields: entries.map(([name, value]) => [decode(name), decode(value)]), files: [] }
}

/** The value of the first `_charset_` field, if there is one. */
export function charsetField(entries: readonly (readonly [Buffer, Buffer])[]): string | undefined {
  return entries.find(([name]) => name.toString('latin1') === '_charset_')?.[1].toString('latin1')
}

function isFilled(entry: string): boolean {
  return entry !== '' && entry !== '='
}

function bytesOfEntry(entry: string): readonly [Buffer, Buffer] {
  const equals = entry.indexOf('=')
  return equals < 0
    ? [unescaped(entry), Buffer.alloc(0)]
    : [unescaped(entry.slice(0, equals)), unescaped(entry.slice(equals + 1))]
}

function unescaped(text: string): Buffer {
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

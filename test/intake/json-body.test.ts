import { expect, test } from 'vitest'
import { UndecodableError } from '../../lib/intake/errors.ts'
import { decodeJsonBody, decodeJsonText, MAX_JSON_DEPTH, MAX_JSON_KEYS } from '../../lib/intake/json-body.ts'
import { BodyTooLargeError } from '../../lib/intake/limits.ts'

function decode(text: string | Buffer, charset?: string) {
  const type = charset === undefined ? 'application/json' : `application/json; charset=${charset}`
  return decodeJsonBody({ body: Buffer.from(text), headers: { 'content-type': type } })
}

test('ids above 2^53 and long fractions keep the digits they were written with', () => {
  const value = decode(
    '{"id":820982911946154508,"price":10.799999999999999,"n":12,"text":"\\"9999999999999999999"}',
  )
  expect(value).toEqual({
    id: '820982911946154508',
    price: '10.799999999999999',
    n: 12,
    text: '"9999999999999999999',
  })
})

test.each([
  ['9007199254740993', '9007199254740993'],
  ['[ -9007199254740993,1]', ['-9007199254740993', 1]],
  ['{"a":\n 1.7976931348623157e308}', { a: '1.7976931348623157e308' }],
  ['{"a:9007199254740993":1,"b":0.0000000000000001}', { 'a:9007199254740993': 1, b: '0.0000000000000001' }],
])('a long number keeps its digits wherever it stands: %s', (text, value) => {
  expect(decode(text)).toEqual(value)
})

test('a long number inside a text alone changes nothing', () => {
  expect(decode('{"note":"820982911946154508","n":1.50}')).toEqual({ note: '820982911946154508', n: 1.5 })
})

test.each([
  ['{"__proto__":{"a":1}}'],
  ['{"a":[{"constructor":1}]}'],
  ['{"a":{"prototype":1}}'],
  [String.raw`{"\u005f_proto__":1}`],
])('a key that could change a prototype is refused: %s', (text) => {
  expect(() => decode(text)).toThrow(UndecodableError)
})

test('a value may be called what a key may not', () => {
  expect(decode('{"name":"constructor"}')).toEqual({ name: 'constructor' })
})

test('JSON may be nested as deep as the limit and no deeper, whatever its texts contain', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}"[[[]\\"["${']'.repeat(levels)}`
  expect(decode(nested(MAX_JSON_DEPTH))).toBeDefined()
  expect(() => decode(nested(MAX_JSON_DEPTH + 1))).toThrow(/32 levels/)
  expect(() => decode('['.repeat(500_000) + ']'.repeat(500_000))).toThrow(/32 levels/)
  expect(() => decode('['.repeat(500_000))).toThrow(UndecodableError)
})

test('more keys than the limit are refused', () => {
  const keys = (count: number) =>
    `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`
  expect(() => decode(keys(MAX_JSON_KEYS + 1))).toThrow(BodyTooLargeError)
})

test.each(['', '{', '{"a":}', 'nonsense', '{"a":1}}'])('%j is not well-formed', (text) => {
  expect(() => decode(text)).toThrow(UndecodableError)
})

test('bytes that are not UTF-8 are read as Latin-1, another charset as it says', () => {
  expect(decode(Buffer.from('{"a":"caf\u00e9"}', 'latin1'))).toEqual({ a: 'café' })
  expect(decode(Buffer.from('{"a":"\u00e9"}', 'latin1'), 'iso-8859-1')).toEqual({ a: 'é' })
})

test('JSON inside another encoding is read by the same rules', () => {
  expect(decodeJsonText('{"id":9007199254740993}')).toEqual({ id: '9007199254740993' })
  expect(() => decodeJsonText('{"__proto__":1}')).toThrow(UndecodableError)
})

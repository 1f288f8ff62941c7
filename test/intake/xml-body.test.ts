import { expect, test } from 'vitest'
import { UndecodableError } from '../../lib/intake/errors.ts'
import { BodyTooLargeError } from '../../lib/intake/limits.ts'
import { decodeXmlBody } from '../../lib/intake/xml-body.ts'

const decode = (text: string, charset = 'utf-8', encoding: BufferEncoding = 'utf8') =>
  decodeXmlBody({
    body: Buffer.from(text, encoding),
    headers: { 'content-type': `application/xml; charset=${charset}` },
  })

test('elements are keys, values text, and what is repeated a list', () => {
  const text =
    '<?xml version="1.0"?><o xmlns:x="u"><id x:href="h"><![CDATA[007]]></id><n/><r>1 &amp; 2</r><r>&lt;</r></o>'
  expect(decode(text)).toEqual({ o: { id: '007', n: '', r: ['1 & 2', '<'] } })
})

test('digits, blanks inside and other charsets stay as they were written', () => {
  const text = '<o><id>820982911946154508</id><amount>71.510000</amount><name>Zoë  B</name></o>'
  const expected = { o: { id: '820982911946154508', amount: '71.510000', name: 'Zoë  B' } }
  expect(decode(text)).toEqual(expected)
  expect(decode(text, 'iso-8859-1', 'latin1')).toEqual(expected)
})

test.each([
  ['is cut off', '<o><id>5</id>'],
  ['is closed by another', '<o><id>5</o></id>'],
  ['is no XML', 'order=5'],
  ['has entities of its own', '<!DOCTYPE o [<!ENTITY a "b">]><o>&a;</o>'],
  ['names a prototype', '<o><__proto__><x>1</x></__proto__></o>'],
  ['names a constructor', '<o><constructor>1</constructor></o>'],
  ['names a constructor after a blank', '<o>< constructor>1</ constructor></o>'],
  ['is full of blanks', `<o><${' '.repeat(500_000)}</o>`],
  ['is nested too deeply', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`],
])('a body that %s cannot be decoded', (_, text) => {
  expect(() => decode(text)).toThrow(UndecodableError)
})

test('a body of too many tags is refused before it is parsed', () => {
  expect(() => decode(`<o>${'<a/>'.repeat(100_001)}</o>`)).toThrow(BodyTooLargeError)
})

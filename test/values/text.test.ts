import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  base32Lower,
  fitText,
  isEmailAddress,
  normalizeKey,
  singleLine,
  stripControl,
  trimToUndefined,
} from '../../lib/values/text.ts'
import { propertyRuns } from '../support/property.ts'

const anyText = fc.string({ unit: 'binary' })
const emoji = fc.constantFrom('👩‍👩‍👧‍👦', '🇵🇱', 'é', 'e\u0301', 'a', '👍🏽', '\u{1f600}', 'न्दी')

test('blank text is undefined, other text loses its surrounding blanks', () => {
  expect(trimToUndefined(undefined)).toBeUndefined()
  expect(trimToUndefined(' \t\n')).toBeUndefined()
  expect(trimToUndefined('  a b ')).toBe('a b')
})

test('control characters go, tabs and line feeds stay, every kind of line end becomes a line feed', () => {
  expect(stripControl('a\u0000b\u0007c\u007fd\u0085e')).toBe('abcde')
  expect(stripControl('a\tb\nc\r\nd\re')).toBe('a\tb\nc\nd\ne')
})

test('half a surrogate pair becomes the replacement character', () => {
  expect(stripControl('a\ud800b')).toBe('a\ufffdb')
})

test('single-line text has no line end and no double blank', () => {
  expect(singleLine(' Ann\r\n\tLee \u00a0 Smith ')).toBe('Ann Lee Smith')
})

test('text that fits is left alone', () => {
  expect(fitText('O’Brien', 7)).toBe('O’Brien')
  expect(fitText('', 0)).toBe('')
})

test('text that does not fit ends in an ellipsis and has exactly the allowed length', () => {
  expect(fitText('x'.repeat(300), 30)).toBe(`${'x'.repeat(29)}…`)
})

test('a family emoji is dropped whole', () => {
  expect(fitText('ab👩‍👩‍👧‍👦cd', 8)).toBe('ab…')
})

test('a flag far into a long text is dropped whole', () => {
  const flags = '🇵🇱'.repeat(500)
  expect(fitText(flags, 1_003)).toBe(`${'🇵🇱'.repeat(250)}…`)
})

test('an accent stays with its letter', () => {
  expect(fitText('abe\u0301cd', 4)).toBe('ab…')
})

test('one grapheme longer than the limit is cut between code points', () => {
  const tower = `e${'\u0301'.repeat(600)}`
  expect(fitText(tower, 10)).toBe(`e${'\u0301'.repeat(8)}…`)
})

test('a limit of nothing leaves nothing', () => {
  expect(fitText('abc', 0)).toBe('')
  expect(fitText('abc', 1)).toBe('…')
})

test('shortened text never exceeds the limit and never breaks a surrogate pair', () => {
  const texts = fc.oneof(
    anyText,
    fc.array(emoji, { maxLength: 400 }).map((parts) => parts.join('')),
  )
  const shortened = fc.property(texts, fc.nat(600), (text, max) => {
    const fitted = fitText(text.toWellFormed(), max)
    expect(fitted.length).toBeLessThanOrEqual(max)
    expect(fitted.isWellFormed()).toBe(true)
    expect(text.toWellFormed().startsWith(fitted.endsWith('…') ? fitted.slice(0, -1) : fitted)).toBe(true)
  })
  fc.assert(shortened, propertyRuns())
})

test.each([
  ['  ACME   GmbH ', 'acme gmbh'],
  ['ＡＣＭＥ', 'acme'],
  ['STRASSE\u00a0AG', 'strasse ag'],
  ['Ann@Example.COM', 'ann@example.com'],
])('%j and %j are the same natural key', (text, key) => {
  expect(normalizeKey(text)).toBe(key)
})

test('a natural key normalises to itself', () => {
  const idempotent = fc.property(anyText, (text) => {
    expect(normalizeKey(normalizeKey(text))).toBe(normalizeKey(text))
  })
  fc.assert(idempotent, propertyRuns())
})

test.each(["o'brien+tag@mail.example.co.uk", 'a@b.pl', 'zażółć@gęślą.example'])(
  '%s is an e-mail address',
  (text) => {
    expect(isEmailAddress(text)).toBe(true)
  },
)

test.each([
  '',
  'anna',
  'anna@localhost',
  'a@b@c.de',
  'anna @example.com',
  'anna@example.com\nBcc: all@example.com',
  'anna@.com',
  'anna@example..com',
  'Anna <anna@example.com>',
  'a@b.de, c@d.de',
  `${'a'.repeat(250)}@b.de`,
])('%j is not an e-mail address', (text) => {
  expect(isEmailAddress(text)).toBe(false)
})

test.each([
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foo', 'mzxw6'],
  ['foob', 'mzxw6yq'],
  ['fooba', 'mzxw6ytb'],
  ['foobar', 'mzxw6ytboi'],
])('base32 of %j is %j, as in RFC 4648 §10', (text, encoded) => {
  expect(base32Lower(Buffer.from(text))).toBe(encoded)
})

test('different bytes of one length never share their base32', () => {
  const pairs = fc.uint8Array({ minLength: 16, maxLength: 16 })
  const injective = fc.property(pairs, pairs, (one, other) => {
    expect(base32Lower(one) === base32Lower(other)).toBe(Buffer.compare(one, other) === 0)
  })
  fc.assert(injective, propertyRuns())
})

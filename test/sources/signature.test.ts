import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { requireAccess } from '../../lib/sources/access.ts'
import { MissingSecretError, SignatureError } from '../../lib/sources/errors.ts'
import {
  decodeStrictly,
  hmac,
  matchesAnySecret,
  matchesAnySignature,
  requireHeader,
  requireRecent,
} from '../../lib/sources/signature.ts'
import type { SourceContext } from '../../lib/sources/source.ts'
import { post } from '../support/http-request.ts'

const mac = createHmac('sha256', 'key').update('a').update('b').digest()

test('a MAC over parts is the MAC over the whole', () => {
  expect(hmac('sha256', 'key', ['a', Buffer.from('b')])).toEqual(mac)
})

test.each(['hex', 'base64', 'base64url'] as const)(
  'a signature in %s matches one of several live secrets',
  (encoding) => {
    const given = mac.toString(encoding)
    expect(matchesAnySignature([given], [Buffer.alloc(32), mac], encoding)).toBe(true)
    expect(matchesAnySignature(['', 'x', given], [mac], encoding)).toBe(true)
    expect(matchesAnySignature([given], [Buffer.alloc(32)], encoding)).toBe(false)
  },
)

test.each([
  ['upper-case hex', mac.toString('hex').toUpperCase(), 'hex', true],
  ['hex for base64', mac.toString('hex'), 'base64', false],
  ['base64 for hex', mac.toString('base64'), 'hex', false],
  ['base64 without padding', mac.toString('base64').replace('=', ''), 'base64', true],
  ['a truncated signature', mac.toString('hex').slice(0, 62), 'hex', false],
  ['a lengthened signature', `${mac.toString('hex')}00`, 'hex', false],
  ['a signature with blanks inside', mac.toString('base64').replace(/^(.)/, '$1 '), 'base64', false],
  ['nothing', '', 'hex', false],
] as const)('%s: %s in %s matches: %s', (_, given, encoding, expected) => {
  expect(matchesAnySignature([given], [mac], encoding)).toBe(expected)
})

test('an empty MAC matches nothing, not even an empty signature', () => {
  expect(matchesAnySignature([''], [Buffer.alloc(0)], 'hex')).toBe(false)
})

test('what is not the encoding decodes to nothing', () => {
  expect(decodeStrictly('zz', 'hex')).toEqual(Buffer.alloc(0))
  expect(decodeStrictly('616', 'hex')).toEqual(Buffer.alloc(0))
  expect(decodeStrictly('_-8=', 'base64url').toString('hex')).toBe('ffef')
})

test('an empty secret is no secret', () => {
  expect(matchesAnySecret('', ['', ''])).toBe(false)
  expect(matchesAnySecret('b', ['a', 'b'])).toBe(true)
  expect(matchesAnySecret('c', ['a', 'b'])).toBe(false)
})

test.each([
  [1_000, true],
  [-1_000, true],
  [1_001, false],
  [-1_001, false],
  [Number.NaN, false],
])('a signature %d ms from now with a tolerance of a second is recent: %s', (distance, isRecent) => {
  const check = () => requireRecent(5_000 + distance, 5_000, 1_000)
  if (isRecent) expect(check).not.toThrow()
  else expect(check).toThrow(SignatureError)
})

test('a missing or blank header is named', () => {
  expect(requireHeader({ 'x-a': ' b ' }, 'x-a')).toBe('b')
  expect(() => requireHeader({ 'x-a': ' ' }, 'x-a')).toThrow(/x-a is missing/)
  expect(() => requireHeader({}, 'x-b')).toThrow(SignatureError)
})

function context(more: Partial<SourceContext>): SourceContext {
  return {
    instance: 'crm',
    options: {},
    secrets: ['new', 'old'],
    url: 'https://a.example',
    acceptTests: false,
    ...more,
  }
}

test('a signature that is nothing but padding is none, however long it is', () => {
  expect(decodeStrictly(`${'='.repeat(1_000_000)}a`, 'base64')).toHaveLength(0)
})

test.each([
  ['path', {}, 'old'],
  ['header', { 'x-webhook-token': 'new' }, undefined],
  ['password', { authorization: `Basic ${Buffer.from('any:new').toString('base64')}` }, undefined],
])('an unsigned sender may show its token in the %s', (_, headers, token) => {
  const request = post('a=1', { contentType: 'text/plain', headers })
  expect(() => requireAccess(request, context(token === undefined ? {} : { token }))).not.toThrow()
})

test.each([
  ['no token', {}],
  ['a wrong one', { 'x-webhook-token': 'News' }],
  ['it in another header', { 'x-token': 'new' }],
  ['a user without a password', { authorization: `Basic ${Buffer.from('new').toString('base64')}` }],
  ['an empty password', { authorization: `Basic ${Buffer.from('new:').toString('base64')}` }],
])('an unsigned sender with %s is refused', (_, headers) => {
  const request = post('a=1', { contentType: 'text/plain', headers })
  expect(() => requireAccess(request, context({}))).toThrow(SignatureError)
  expect(() => requireAccess(request, context({ secrets: [''] }))).toThrow(MissingSecretError)
})

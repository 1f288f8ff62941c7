import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseHeaderValue } from '../../lib/intake/header-value.ts'
import { propertyRuns } from '../support/property.ts'

test.each([
  ['Text/HTML', 'text/html', {}],
  ['text/html;', 'text/html', {}],
  ['text/html ; CharSet = UTF-8 ', 'text/html', { charset: 'UTF-8' }],
  ['multipart/form-data;boundary="a;b"; charset=x', 'multipart/form-data', { boundary: 'a;b', charset: 'x' }],
  ['form-data; name="a"b"; filename="c"', 'form-data', { name: 'a"b', filename: 'c' }],
  ['form-data; name="a\\"; filename=\\"b"', 'form-data', { name: 'a"; filename="b' }],
  ['form-data; name="never closed', 'form-data', { name: 'never closed' }],
  ['form-data; junk; name=a', 'form-data', { name: 'a' }],
  ['form-data; name=a; name=b', 'form-data', { name: 'a' }],
  ['form-data; __proto__=a', 'form-data', { ['__proto__']: 'a' }],
  ['', '', {}],
])('%s', (header, value, parameters) => {
  const parsed = parseHeaderValue(header)
  expect(parsed.value).toBe(value)
  expect(Object.fromEntries(parsed.parameters)).toEqual(parameters)
})

test('a quoted value comes back whatever is in it besides quotes and backslashes', () => {
  const values = fc.string({ unit: 'binary' }).filter((value) => !/["\\]/.test(value))
  const roundTrip = fc.property(values, values, (one, other) => {
    const parsed = parseHeaderValue(`form-data; name="${one}"; filename="${other}"`)
    expect(Object.fromEntries(parsed.parameters)).toEqual({ name: one, filename: other })
  })
  fc.assert(roundTrip, propertyRuns())
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitName } from '../../lib/values/person-name.ts'
import { singleLine } from '../../lib/values/text.ts'
import { propertyRuns } from '../support/property.ts'

test.each([
  ['Anna Maria Kowalska', { firstName: 'Anna Maria', lastName: 'Kowalska' }],
  ["  Conan   O'Brien ", { firstName: 'Conan', lastName: "O'Brien" }],
  ['Kowalska, Anna Maria', { firstName: 'Anna Maria', lastName: 'Kowalska' }],
  ['Madonna', { lastName: 'Madonna' }],
  [', Anna', { lastName: 'Anna' }],
  ['Kowalska,', { lastName: 'Kowalska' }],
  [' ', {}],
  [',', {}],
])('%j is split into its parts', (full, parts) => {
  expect(splitName(full)).toEqual(parts)
})

test('no word of a name without a comma is lost', () => {
  const lossless = fc.property(
    fc.string({ unit: 'grapheme' }).filter((name) => !name.includes(',')),
    (name) => {
      const { firstName, lastName } = splitName(name)
      expect([firstName, lastName].filter((part) => part !== undefined).join(' ')).toBe(singleLine(name))
    },
  )
  fc.assert(lossless, propertyRuns())
})

import { describe, expect, it } from 'vitest'
import { ruledFields } from '../../lib/plans/field-rules.ts'

const EVENT = {
  number: '#1001',
  buyer: { lastName: 'Byrne', vatNumber: ' ' },
  paymentMethod: 'paypal',
  attributes: [{ name: 'Gift wrap', value: 'yes' }],
  fields: [{ name: 'Dept. of what', value: 'Sales' }],
}

describe('a column', () => {
  it.each([
    ['a constant', 'Web', 'Web'],
    ['a path', { path: 'buyer.lastName' }, { fit: 'Byrne' }],
    ['a path into a list of names and values', { path: 'attributes.Gift wrap' }, { fit: 'yes' }],
    ['a path with a dot in the name', { path: 'fields.Dept. of what' }, { fit: 'Sales' }],
    ['a path to blanks', { path: 'buyer.vatNumber' }, undefined],
    ['a path to nothing', { path: 'buyer.phone.mobile', otherwise: 'none' }, { fit: 'none' }],
    ['a table', { path: 'paymentMethod', table: { paypal: 7 } }, 7],
    [
      'a table without the value',
      { path: 'paymentMethod', table: { card: 'C' }, otherwise: 'X' },
      { fit: 'X' },
    ],
    ['a caption from the event', { path: 'buyer.lastName', choice: true }, { caption: 'Byrne' }],
    [
      'a template',
      { template: 'Order {number} of {buyer.lastName}{buyer.none}' },
      { fit: 'Order #1001 of Byrne' },
    ],
    ['a caption', { caption: 'Web site' }, { caption: 'Web site' }],
  ] as const)('is filled by %s', (_, rule, value) => {
    expect(ruledFields({ column: rule }, EVENT)).toEqual(value === undefined ? {} : { column: value })
  })
})

import type { OrderSnapshot } from '../../events/order.ts'

const ADDRESS = {
  firstName: 'x',
  lastName: 'x',
  company: 'x',
  street1: 'x',
  street2: 'x',
  city: 'x',
  region: 'x',
  postalCode: '1',
  country: 'IE',
  phone: '1',
}

/** An order with everything an order can have, so that its plan uses every field there is a use for. */
export const FULL_ORDER: OrderSnapshot = {
  kind: 'order',
  shop: 'x',
  orderId: '1',
  standing: { is: 'snapshot' },
  number: '1',
  state: 'open',
  placedAt: '2026-01-01T00:00:00Z',
  currency: 'EUR',
  amountsIncludeTax: false,
  buyer: { email: 'x@example.com', firstName: 'x', lastName: 'x', phone: '1', company: 'x' },
  billingAddress: ADDRESS,
  shippingAddress: { ...ADDRESS, city: 'y' },
  lines: [
    {
      id: '1',
      sku: 'x',
      name: 'x',
      quantity: '1',
      unitPrice: '1',
      discount: '0',
      tax: '0',
      total: '1',
      attributes: [],
    },
  ],
  shipping: [{ title: 'x', amount: '1', tax: '0' }],
  fees: [{ title: 'x', amount: '1', tax: '0' }],
  discounts: [{ title: 'x', amount: '1' }],
  discountCodes: [],
  taxes: [{ title: 'x', amount: '1' }],
  tax: '1',
  total: '3',
  refunds: [],
  attributes: [],
  tags: [],
}

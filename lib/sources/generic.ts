import { proofOf } from './generic/proof.ts'
import { FormOptions, formsBy, OrderOptions, ordersBy } from './generic/sources.ts'

/** Forms of any sender: how it signs and where things are in its payload is told in the options. */
export const genericForm = formsBy({ name: 'generic-form', options: FormOptions, proof: proofOf })

/** Orders of any sender. */
export const genericOrder = ordersBy({ name: 'generic-order', options: OrderOptions, proof: proofOf })

import type { Address, OrderSnapshot } from '../../events/order.ts'
import { isEmailAddress, singleLine, trimToUndefined } from '../../values/text.ts'

/** Who ordered, as far as the CRM can use it. */
export type Buyer = {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** Only one that could be delivered to. */
  readonly email?: string | undefined
  readonly phone?: string | undefined
  /** Only of who orders for a company. */
  readonly company?: string | undefined
  readonly address?: Address | undefined
}

/** What the order says of the buyer, else what its billing address says, else its shipping address. */
export function buyerOf({ buyer, billingAddress, shippingAddress }: OrderSnapshot): Buyer {
  const first = <K extends keyof Address & keyof OrderSnapshot['buyer']>(key: K) =>
    lineOf(buyer[key]) ?? lineOf(billingAddress?.[key]) ?? lineOf(shippingAddress?.[key])
  const email = lineOf(buyer.email)
  return {
    ...(buyer.firstName === undefined && buyer.lastName === undefined
      ? { firstName: first('firstName'), lastName: first('lastName') }
      : { firstName: lineOf(buyer.firstName), lastName: lineOf(buyer.lastName) }),
    email: email !== undefined && isEmailAddress(email) ? email : undefined,
    phone: first('phone'),
    company: lineOf(buyer.company) ?? lineOf(billingAddress?.company),
    address: billingAddress ?? shippingAddress,
  }
}

function lineOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : trimToUndefined(singleLine(text))
}

/** First and last name, as far as they are known. */
export function nameOf({ firstName, lastName }: Buyer): string | undefined {
  return trimToUndefined([firstName, lastName].filter(Boolean).join(' '))
}

/** An address as it is written on a parcel. */
export function addressText(address: Address | undefined): string | undefined {
  if (address === undefined) return undefined
  const { firstName, lastName, company, street1, street2, city, region, postalCode, country } = address
  const lines = [
    company,
    [firstName, lastName].filter(Boolean).join(' '),
    street1,
    street2,
    [postalCode, city].filter(Boolean).join(' '),
    [region, country].filter(Boolean).join(', '),
  ]
  return trimToUndefined(lines.filter(Boolean).join('\n'))
}

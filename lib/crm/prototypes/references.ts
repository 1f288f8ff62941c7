import type { Field } from './field.ts'

/** Endings of column names and the entity whose id they hold, as Sage CRM's own tables are named. The longest counts. */
const ENDINGS: Readonly<Record<string, string>> = {
  companyid: 'Company',
  personid: 'Person',
  contactid: 'Person',
  addressid: 'Address',
  userid: 'Users',
  createdby: 'Users',
  updatedby: 'Users',
  openedby: 'Users',
  closedby: 'Users',
  caseid: 'Cases',
  opportunityid: 'Opportunity',
  leadid: 'Lead',
  communicationid: 'Communication',
  quoteid: 'Quotes',
  orderid: 'Orders',
  quit_orderquoteid: 'Quotes',
  orit_orderquoteid: 'Orders',
  productid: 'NewProduct',
  pricinglistid: 'PricingList',
  uomid: 'UOM',
  currencyid: 'Currency',
  _currency: 'Currency',
  _cid: 'Currency',
}
const byLength = Object.keys(ENDINGS).toSorted((one, other) => other.length - one.length)

/** The entity whose id a column holds, told by its name: no member of a prototype is known to say it. */
export function referenceOf({ name, type }: Pick<Field, 'name' | 'type'>): string | undefined {
  if (type !== 'integer' && type !== 'reference') return undefined
  const ending = byLength.find((one) => name.toLowerCase().endsWith(one))
  return ending === undefined ? undefined : ENDINGS[ending]
}

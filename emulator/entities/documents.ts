import {
  amount,
  choice,
  datetime,
  decimal,
  flag,
  id,
  integer,
  reference,
  string,
  systemColumns,
} from './column.ts'
import type { EntityDefinition } from './entity.ts'

type Naming = Pick<EntityDefinition, 'name' | 'tableId' | 'prefix' | 'firstId'>

/** Quotes and orders have the same columns. */
function documents({ name, tableId, prefix, firstId = 1 }: Naming): EntityDefinition {
  return {
    name,
    tableId,
    prefix,
    idColumn: `${prefix}_OrderQuoteID`,
    title: [`${prefix}_Reference`, `${prefix}_Description`],
    firstId,
    columns: [
      id(`${prefix}_OrderQuoteID`),
      reference(`${prefix}_OpportunityId`, 'Opportunity', {
        mandatory: true,
        indexed: true,
        caption: 'Opportunity',
      }),
      string(`${prefix}_Reference`, 60, { readOnly: true }),
      string(`${prefix}_Description`, 255),
      choice(`${prefix}_Status`, 20, 'Quot_Status'),
      datetime(`${prefix}_Opened`, { readOnly: true }),
      datetime(`${prefix}_ExpirationDate`, { caption: 'Expires' }),
      integer(`${prefix}_Currency`),
      reference(`${prefix}_PricingListID`, 'PricingList', { caption: 'Pricing list' }),
      integer(`${prefix}_AssociatedID`, { hidden: true }),
      reference(`${prefix}_ContactId`, 'Person', { caption: 'Contact' }),
      choice(`${prefix}_DiscountType`, 10, 'Quot_DiscountType', { caption: 'Discount type' }),
      decimal(`${prefix}_DiscountPC`, { caption: 'Discount %' }),
      ...amount(`${prefix}_DiscountAmt`, { caption: 'Discount amount' }),
      ...amount(`${prefix}_LineItemDisc`, { readOnly: true, caption: 'Line item discount' }),
      ...amount(`${prefix}_NoDiscAmt`, { readOnly: true, caption: 'Total before discount' }),
      ...amount(`${prefix}_NettAmt`, { readOnly: true, caption: 'Net amount' }),
      ...amount(`${prefix}_GrossAmt`, { readOnly: true, caption: 'Gross amount' }),
      ...amount(`${prefix}_Tax`),
      ...amount(`${prefix}_Freight`),
      flag(`${prefix}_RollUp`, { caption: 'Include in opportunity total', default: 'Y' }),
      string(`${prefix}_BillAddress`, 255, { caption: 'Billing address' }),
      string(`${prefix}_ShipAddress`, 255, { caption: 'Shipping address' }),
      string(`${prefix}_SynchStatus`, 20, { hidden: true, default: 'notlinked' }),
      flag(`${prefix}_Promote`, { hidden: true }),
      ...systemColumns(prefix),
    ],
  }
}

export const quotes = documents({ name: 'Quotes', tableId: 101, prefix: 'Quot', firstId: 4001 })
export const orders = documents({ name: 'Orders', tableId: 102, prefix: 'Orde', firstId: 5001 })

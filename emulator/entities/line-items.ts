import { amount, choice, decimal, flag, id, integer, reference, string, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

type Naming = Pick<EntityDefinition, 'name' | 'tableId' | 'prefix' | 'firstId'> & { readonly of: string }

/** The lines of quotes and of orders have the same columns. */
function lineItems({ name, tableId, prefix, firstId = 1, of }: Naming): EntityDefinition {
  return {
    name,
    tableId,
    prefix,
    idColumn: `${prefix}_LineItemID`,
    title: [`${prefix}_LineNumber`, `${prefix}_Description`],
    firstId,
    columns: [
      id(`${prefix}_LineItemID`),
      reference(`${prefix}_OrderQuoteId`, of, { mandatory: true, indexed: true }),
      reference(`${prefix}_OpportunityId`, 'Opportunity'),
      integer(`${prefix}_LineNumber`),
      choice(`${prefix}_LineType`, 10, 'QuIt_LineType'),
      reference(`${prefix}_ProductId`, 'NewProduct', { caption: 'Product' }),
      integer(`${prefix}_ProductFamilyId`, { caption: 'Product family' }),
      reference(`${prefix}_UOMID`, 'UOM', { caption: 'Unit of measure' }),
      decimal(`${prefix}_Quantity`),
      string(`${prefix}_Description`, 255),
      ...amount(`${prefix}_ListPrice`, { readOnly: true, caption: 'List price' }),
      ...amount(`${prefix}_QuotedPrice`, { caption: 'Quoted price' }),
      ...amount(`${prefix}_QuotedPriceTotal`, { readOnly: true, caption: 'Line total' }),
      ...amount(`${prefix}_Discount`, { readOnly: true }),
      ...amount(`${prefix}_DiscountSum`, { readOnly: true, caption: 'Discount total' }),
      decimal(`${prefix}_DiscountRate`),
      ...amount(`${prefix}_Tax`),
      decimal(`${prefix}_TaxRate`),
      flag(`${prefix}_DoNotReprice`),
      string(`${prefix}_RepricingStatus`, 20, { hidden: true }),
      string(`${prefix}_ERPLocation`, 60, { hidden: true }),
      integer(`${prefix}_IntId`, { hidden: true }),
      string(`${prefix}_IntForeignId`, 255, { hidden: true }),
      flag(`${prefix}_Promote`, { hidden: true }),
      ...systemColumns(prefix),
    ],
  }
}

export const quoteItems = lineItems({
  name: 'QuoteItems',
  tableId: 103,
  prefix: 'QuIt',
  firstId: 6001,
  of: 'Quotes',
})
export const orderItems = lineItems({
  name: 'OrderItems',
  tableId: 104,
  prefix: 'OrIt',
  firstId: 7001,
  of: 'Orders',
})

import type { Field } from './field.ts'

/** Id columns that are not named after their entity. Sage CRM's table definitions, e.g. `Quot_OrderQuoteID`. */
const UNUSUAL: Readonly<Record<string, string>> = {
  custom_captions: 'captionid',
  territories: 'territoryid',
  phonelink: 'linkid',
  emaillink: 'linkid',
  newproduct: 'productid',
  quotes: 'orderquoteid',
  orders: 'orderquoteid',
  quoteitems: 'lineitemid',
  orderitems: 'lineitemid',
}

/**
 * The column of an entity's own id: Comp_CompanyId, Case_CaseId, Quot_OrderQuoteId. Found by its name, because nothing
 * promises that a CRM lists it first. undefined when no column, or more than one, is named like it.
 */
export function idFieldOf(entity: string, fields: readonly Pick<Field, 'name'>[]): string | undefined {
  const name = entity.toLowerCase()
  const plain = name.replaceAll('_', '')
  const wanted = [UNUSUAL[name] ?? `${plain}id`, `${plain.replace(/s$/, '')}id`]
  const found = fields.filter((field) => wanted.includes(withoutPrefix(field.name)))
  return found.length === 1 ? found[0]?.name : undefined
}

/** `Comp_CompanyId` → `companyid` */
function withoutPrefix(column: string): string {
  return column.slice(column.indexOf('_') + 1).toLowerCase()
}

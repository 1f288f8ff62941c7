import type { CrmTables } from './crm-tables.ts'

/** What the simulated shop sells. Not all of it is in the CRM, and not all of that has a price there. */
export const PRODUCTS = [
  { sku: 'TEA-1', name: 'Green tea', cents: 450 },
  { sku: 'TEA-2', name: 'Black tea', cents: 395 },
  { sku: 'POT-1', name: 'Tea pot', cents: 4_900 },
  { sku: 'CUP-1', name: 'Cup', cents: 1_250, inCrm: 'without price' },
  { sku: 'GIFT', name: 'Gift card', cents: 2_000, inCrm: 'never' },
] as const

export type Product = (typeof PRODUCTS)[number]

/** Only what has a price in the CRM has a unit there, and can be a line of a product. */
export function isLineOfProduct(product: Product): boolean {
  return !('inCrm' in product)
}

export const CURRENCIES = ['EUR', 'USD'] as const

/** Currencies, products and prices that are in the CRM before anything happens. */
export function stockCatalogue(tables: CrmTables, now: number): void {
  const currencies = CURRENCIES.map((code) => tables.insert('Currency', { curr_symbol: code }, now))
  for (const product of PRODUCTS) {
    if ('inCrm' in product && product.inCrm === 'never') continue
    const { id } = tables.insert('NewProduct', { prod_code: product.sku, prod_active: 'Y' }, now)
    if (!isLineOfProduct(product)) continue
    for (const currency of currencies) {
      const price = { pric_productid: id, pric_active: 'Y', pric_price_cid: currency.id, pric_uomid: 6_001 }
      tables.insert('Pricing', price, now)
    }
  }
}

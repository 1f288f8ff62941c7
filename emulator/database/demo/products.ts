import { named, records } from './record.ts'

export const CURRENCIES = { EUR: 1, USD: 2 } as const
export type CurrencyCode = keyof typeof CURRENCIES

type Product = readonly [
  code: string,
  name: string,
  family: string,
  unit: string,
  listed: Readonly<Record<CurrencyCode, number>>,
  toPartners: Readonly<Record<CurrencyCode, number>>,
]

const FAMILIES = [
  ['Hardware', 'Routers, switches and what belongs to them'],
  ['Software', 'Licences by the year'],
  ['Services', 'Work by the hour or the day'],
] as const

const UNITS = [
  ['Each', 'One piece', 1],
  ['Box of 10', 'Ten pieces', 10],
  ['Hour', 'An hour of work', 1],
  ['Year', 'A licence for a year', 1],
] as const

const LISTS = [
  ['Default', 'What everybody pays', 'Y'],
  ['Partner', 'What resellers pay', null],
] as const

const PRODUCTS: readonly Product[] = [
  ['RT-100', 'Branch router', 'Hardware', 'Each', { EUR: 420, USD: 455 }, { EUR: 357, USD: 387 }],
  ['RT-500', 'Core router', 'Hardware', 'Each', { EUR: 1890, USD: 2045 }, { EUR: 1606.5, USD: 1738.25 }],
  ['SW-24', 'Switch with 24 ports', 'Hardware', 'Each', { EUR: 310.5, USD: 336 }, { EUR: 264, USD: 285.6 }],
  ['CB-10', 'Patch cable, 2 m', 'Hardware', 'Box of 10', { EUR: 39.9, USD: 43 }, { EUR: 33.9, USD: 36.55 }],
  ['EC-Y', 'ExpenseCheck', 'Software', 'Year', { EUR: 96, USD: 104 }, { EUR: 81.6, USD: 88.4 }],
  ['TC-Y', 'TimeCheck', 'Software', 'Year', { EUR: 72, USD: 78 }, { EUR: 61.2, USD: 66.3 }],
  ['IN-H', 'Installation', 'Services', 'Hour', { EUR: 95, USD: 110 }, { EUR: 95, USD: 110 }],
  ['TR-H', 'Training', 'Services', 'Hour', { EUR: 120, USD: 135 }, { EUR: 108, USD: 121.5 }],
]

export const currencies = records('Currency', Object.entries(CURRENCIES), ([symbol, id]) => ({
  id,
  Curr_Symbol: symbol,
  Curr_Description: symbol === 'EUR' ? 'Euro' : 'US dollar',
  Curr_Rate: symbol === 'EUR' ? 1 : 1.08,
}))

export const families = records('ProductFamily', FAMILIES, ([name, description]) => ({
  prfa_name: name,
  prfa_description: description,
}))

export const units = records('UOM', UNITS, ([name, description, count]) => ({
  uom_name: name,
  uom_description: description,
  uom_units: count,
}))

export const pricingLists = records('PricingList', LISTS, ([name, description, isDefault]) => ({
  prli_name: name,
  prli_description: description,
  prli_Defaultvalue: isDefault,
}))

export const products = records('NewProduct', PRODUCTS, ([code, name, family]) => ({
  prod_code: code,
  prod_name: name,
  prod_productfamilyid: named('ProductFamily', family),
}))

const PRICES = PRODUCTS.flatMap(([, product, , unit, listed, toPartners]) =>
  Object.entries({ Default: listed, Partner: toPartners }).flatMap(([list, prices]) =>
    Object.entries(CURRENCIES).map(([symbol, currency]) => {
      return { product, unit, list, currency, price: prices[symbol as CurrencyCode] }
    }),
  ),
)

export const prices = records('Pricing', PRICES, ({ product, unit, list, currency, price }) => ({
  pric_ProductID: named('NewProduct', product),
  pric_PricingListID: named('PricingList', list),
  pric_UOMID: named('UOM', unit),
  pric_price: price,
  pric_price_CID: currency,
}))

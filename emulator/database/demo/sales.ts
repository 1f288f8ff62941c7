import { CURRENCIES, type CurrencyCode } from './products.ts'
import { named, records } from './record.ts'

type Opportunity = readonly [
  description: string,
  company: string,
  person: string,
  stage: string,
  status: string,
  forecast: number,
  currency: CurrencyCode,
  certainty: number,
  opened: string,
]
type Item = readonly [product: string, unit: string, quantity: number, quotedPrice?: number]
type Document = readonly [description: string, opportunity: string, opened: string, items: readonly Item[]]

const OPPORTUNITIES: readonly Opportunity[] = [
  [
    'Branch network',
    'Gatecom Inc.',
    'William Agnew',
    'Quoted',
    'In Progress',
    25000,
    'EUR',
    60,
    '2026-01-14',
  ],
  [
    'ExpenseCheck for 200',
    'Bluebell Foods',
    'Siobhan Dempsey',
    'Negotiating',
    'In Progress',
    19200,
    'EUR',
    75,
    '2026-01-20',
  ],
  [
    'Clinic switches',
    'Pinewood Clinics',
    'Samuel Price',
    'SaleClosed',
    'Won',
    6800,
    'USD',
    100,
    '2026-02-03',
  ],
  [
    'Web shop network',
    'Summit Outdoor Gear',
    'Erin Takahashi',
    'Qualified',
    'In Progress',
    4500,
    'USD',
    40,
    '2026-02-11',
  ],
  [
    'Windpark Leitstand',
    'Nordwind Energie GmbH',
    'Jürgen Köhler',
    'Proposal',
    'In Progress',
    64000,
    'EUR',
    50,
    '2026-02-17',
  ],
  ['TimeCheck trial', 'Castilla Seguros', 'Álvaro Peña', 'DealLost', 'Lost', 7200, 'EUR', 0, '2026-02-24'],
  [
    'Campus backbone',
    'Lakeshore Community College',
    'Robert Ames',
    'Lead',
    'In Progress',
    82000,
    'USD',
    20,
    '2026-03-02',
  ],
  ['Shop router', "O'Brien & Sons", "Michael O'Brien", 'SaleClosed', 'Won', 420, 'EUR', 100, '2026-03-09'],
]

const QUOTES: readonly Document[] = [
  [
    'Branch network, first offer',
    'Branch network',
    '2026-01-19',
    [
      ['Branch router', 'Each', 12, 399],
      ['Switch with 24 ports', 'Each', 12],
      ['Installation', 'Hour', 40],
    ],
  ],
  [
    'ExpenseCheck, 200 seats',
    'ExpenseCheck for 200',
    '2026-01-26',
    [
      ['ExpenseCheck', 'Year', 200, 86.4],
      ['Training', 'Hour', 16],
    ],
  ],
  [
    'Leitstand Netzwerk',
    'Windpark Leitstand',
    '2026-02-23',
    [
      ['Core router', 'Each', 4],
      ['Patch cable, 2 m', 'Box of 10', 25],
    ],
  ],
]

const ORDERS: readonly Document[] = [
  ['Clinic switches', 'Clinic switches', '2026-02-19', [['Switch with 24 ports', 'Each', 20]]],
  [
    'Shop router',
    'Shop router',
    '2026-03-11',
    [
      ['Branch router', 'Each', 1],
      ['Installation', 'Hour', 2, 0],
    ],
  ],
]

export const opportunities = records(
  'Opportunity',
  OPPORTUNITIES,
  ([description, company, person, stage, status, forecast, currency, certainty, opened]) => ({
    at: `${opened}T09:00:00Z`,
    Oppo_Description: description,
    Oppo_PrimaryCompanyId: named('Company', company),
    Oppo_PrimaryPersonId: named('Person', person),
    Oppo_AssignedUserId: named('Users', 'Padraig Keane'),
    Oppo_Stage: stage,
    Oppo_Status: status,
    Oppo_Certainty: certainty,
    Oppo_Forecast: forecast,
    Oppo_Forecast_CID: CURRENCIES[currency],
    oppo_Currency: CURRENCIES[currency],
    Oppo_ChannelId: 1,
  }),
)

export const quotes = documents('Quotes', 'Quot', QUOTES)
export const quoteItems = items('QuoteItems', 'QuIt', 'Quotes', QUOTES)
export const orders = documents('Orders', 'Orde', ORDERS)
export const orderItems = items('OrderItems', 'OrIt', 'Orders', ORDERS)

function documents(entity: string, prefix: string, rows: readonly Document[]) {
  return records(entity, rows, ([description, opportunity, opened]) => ({
    at: `${opened}T10:00:00Z`,
    [`${prefix}_Description`]: description,
    [`${prefix}_OpportunityId`]: named('Opportunity', opportunity),
  }))
}

function items(entity: string, prefix: string, of: string, rows: readonly Document[]) {
  const lines = rows.flatMap(([description, opportunity, opened, all], index) =>
    all.map((item, line) => ({
      item,
      number: line + 1,
      document: index + 1,
      description,
      opportunity,
      opened,
    })),
  )
  return records(
    entity,
    lines,
    ({ item: [product, unit, quantity, price], number, description, opportunity, opened }) => ({
      at: `${opened}T10:00:00Z`,
      [`${prefix}_OrderQuoteId`]: named(of, description),
      [`${prefix}_OpportunityId`]: named('Opportunity', opportunity),
      [`${prefix}_LineNumber`]: number,
      [`${prefix}_LineType`]: 'i',
      [`${prefix}_ProductId`]: named('NewProduct', product),
      [`${prefix}_UOMID`]: named('UOM', unit),
      [`${prefix}_Quantity`]: quantity,
      ...(price !== undefined && { [`${prefix}_QuotedPrice`]: price }),
    }),
  )
}

import { defineConfig } from '../../lib/config/config.ts'
import type { OrderMapping } from '../../lib/config/order-mapping.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import type { Entity } from '../../lib/crm/prototypes/field.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import type { Outcome } from '../../lib/delivery/outcome.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { Order, type OrderFact, type OrderSnapshot } from '../../lib/events/order.ts'
import { loadSource } from '../../lib/sources/index.ts'
import type { Json, Source } from '../../lib/sources/source.ts'
import { allOf, type CrmRecord } from './crm.ts'
import { minute, type PipeOptions, startPipe, TEST_USER, type TestPipe } from './pipe.ts'

/** A shop that speaks our own words: what is posted is an order as sources make it. */
const canonicalShop: Source = {
  name: 'canonical',
  kind: 'order',
  inlineBudgetMs: 20_000,
  verify: async (request) => ({ headers: {}, payload: JSON.parse(request.body.toString()) as Json }),
  identify: ({ payload }) => {
    const { orderId } = payload as { readonly orderId: string }
    return { id: JSON.stringify(payload), aliases: [], subject: orderId }
  },
  toEvent: ({ payload }) => Order.parse(payload),
  sign: () => ({}),
}

/** 2 routers of the demo database and a thing it does not have: 118.80 EUR with tax. */
export const ORDER: OrderSnapshot = {
  kind: 'order',
  shop: 'shop',
  orderId: '1001',
  standing: { is: 'snapshot', version: '2026-11-24T10:00:00Z' },
  number: '#1001',
  url: 'https://shop.example/orders/1001',
  state: 'open',
  payment: 'unpaid',
  placedAt: '2026-11-24T09:59:00Z',
  currency: 'EUR',
  amountsIncludeTax: true,
  buyer: { email: 'maeve@example.com', firstName: 'Maeve', lastName: 'Byrne', phone: '+353 1 555 0100' },
  billingAddress: { firstName: 'Maeve', lastName: 'Byrne', street1: '1 Quay', city: 'Dublin', country: 'IE' },
  lines: [
    line({
      id: '1',
      sku: 'RT-100',
      name: 'Branch router',
      quantity: '2',
      unitPrice: '42.00',
      total: '84.00',
    }),
    line({
      id: '2',
      sku: 'XX-9',
      name: 'Mug',
      variant: 'blue',
      quantity: '3',
      unitPrice: '10.00',
      total: '28.90',
    }),
  ],
  shipping: [{ title: 'Post', amount: '5.90', tax: '1.10' }],
  fees: [],
  discounts: [],
  discountCodes: [],
  taxes: [{ title: 'VAT', rate: '23', amount: '22.21' }],
  tax: '22.21',
  total: '118.80',
  refunds: [],
  attributes: [],
  tags: [],
}

export function line(
  given: Partial<OrderSnapshot['lines'][number]> & { readonly id: string },
): OrderSnapshot['lines'][number] {
  const { total = '10.00', quantity = '1' } = given
  return {
    name: 'Thing',
    unitPrice: total,
    discount: '0',
    tax: '0',
    attributes: [],
    ...given,
    quantity,
    total,
  }
}

/** Something that happened to the order, a minute after it was placed unless told otherwise. */
export function fact(name: OrderFact['standing']['name'], more: Partial<OrderFact> = {}): OrderFact {
  const standing = { is: 'fact', name } as const
  return { kind: 'order', shop: 'shop', orderId: '1001', attributes: [], ...more, standing }
}

export type OrderPipe = TestPipe & {
  /** Delivers an event to its end. */
  send(order: Order): Promise<Outcome>
  /** Only receives it, with one try. */
  receive(order: Order): Promise<{ eventId: string; outcome: Outcome }>
  redrive(order: Order, how?: 'check' | 'recreate'): Promise<Outcome>
  /** What a salesperson sees of all opportunities, quotes, lines, notes and tasks. */
  all(entity: string): Promise<readonly CrmRecord[]>
}

export type OrderOptions = PipeOptions & { readonly order?: Partial<OrderMapping>; readonly live?: boolean }

/** The real pipe with orders, over an emulator with the products of the demo database. */
export async function startOrderPipe({
  order = {},
  live = false,
  ...options
}: OrderOptions = {}): Promise<OrderPipe> {
  const test = await startPipe({
    seed: true,
    loadSource: async (name) => (name === 'canonical' ? canonicalShop : loadSource(name)),
    config: defineConfig({
      installation: 'test',
      publicUrl: 'http://localhost',
      sources: { shop: { source: 'canonical' } },
      order: order as object,
      defaults: { assignedUserId: 2 },
    }),
    ...options,
  })
  const { emulator } = test
  const entities = live ? liveEntities(test) : loadEntity
  const crm = createCrmClient({
    baseUrl: emulator.baseUrl,
    credentials: { user: TEST_USER.logon, password: TEST_USER.password },
    requestTimeoutMs: test.pipe.times.requestTimeoutMs,
    entities,
  })
  const pipe = live ? { ...test.pipe, entities, crm } : test.pipe
  const before = await idsOf(test)
  const receiveOrder = (event: Order) =>
    receive(requestOf(event), { kind: 'order', name: 'shop' }, pipe, minute())
  return {
    ...test,
    pipe,
    receive: receiveOrder,
    send: async (event) => {
      const { eventId, outcome } = await receiveOrder(event)
      return outcome.kind === 'retry-later' ? test.untilFinished(eventId, pipe) : outcome
    },
    redrive: async (event, how = 'check') => {
      const stored = await pipe.ledger.load(`shop:${JSON.stringify(event)}`)
      if (stored === undefined) throw new Error('there is no such event')
      await pipe.ledger.redrive(stored, how)
      return deliver(stored.record.id, pipe, minute())
    },
    all: async (entity) => (await allOf(emulator, entity)).filter((one) => !before.has(keyOf(entity, one))),
  }
}

/** An order as it is posted to the instance `shop`. */
export function requestOf(event: Order) {
  const headers = { 'content-type': 'application/json' }
  const body = Buffer.from(JSON.stringify(event))
  return { method: 'POST', path: '/orders/shop', rawQuery: '', headers, body, sourceIp: '127.0.0.1' }
}

const MADE = [
  'Company',
  'Person',
  'Opportunity',
  'Quotes',
  'QuoteItems',
  'Notes',
  'Communication',
  'Comm_Link',
]

/** What the demo database has of its own. */
async function idsOf({ emulator }: TestPipe): Promise<ReadonlySet<string>> {
  const ids = await Promise.all(
    MADE.map(async (entity) => (await allOf(emulator, entity)).map((one) => keyOf(entity, one))),
  )
  return new Set(ids.flat())
}

function keyOf(entity: string, one: CrmRecord): string {
  return `${entity} ${String(one['$key'])}`
}

/** What the CRM itself says of its entities. */
function liveEntities({ pipe }: TestPipe): (name: string) => Promise<Entity> {
  const known = new Map<string, Promise<Entity>>()
  return (name) => {
    const key = name.toLowerCase()
    const entity = known.get(key) ?? pipe.crm.prototype(name).then((parsed) => parsed.entity)
    known.set(key, entity)
    entity.catch(() => known.delete(key))
    return entity
  }
}

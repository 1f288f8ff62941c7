import { type Visitor, visitorOf } from './visitors.ts'

/** Something the shop sells. The demo database of the emulator has most of it, with its prices. */
export type Product = { readonly sku: string; readonly name: string; readonly cents: number }

export const PRODUCTS: readonly Product[] = [
  { sku: 'RT-100', name: 'Branch router', cents: 42_000 },
  { sku: 'CB-10', name: 'Patch cable, 2 m', cents: 3_990 },
  { sku: 'IN-H', name: 'Installation', cents: 9_500 },
  { sku: 'MUG', name: 'Mug', cents: 1_295 },
  { sku: 'GIFT', name: 'Gift card', cents: 2_000 },
]
/** Lines of these are free text. */
export const UNKNOWN_TO_THE_CRM: ReadonlySet<string> = new Set(['MUG', 'GIFT'])

export type Line = {
  readonly id: number
  readonly product: Product
  readonly quantity: number
  readonly cents: number
}

/** An order as the shop has it at one moment. */
export type OrderState = {
  readonly status: 'pending' | 'processing' | 'completed' | 'cancelled'
  readonly lines: readonly Line[]
  readonly shippingCents: number
  readonly isPaid: boolean
  readonly refundedCents: number
}

/** What a shop tells: all of an order as it is then, or that it was deleted. The later, the newer. */
export type Told =
  | { readonly topic: 'order.created' | 'order.updated' | 'order.restored'; readonly state: OrderState }
  | { readonly topic: 'order.deleted' }

export type ShopOrder = Visitor & {
  readonly id: number
  readonly street: string
  readonly life: readonly [Told, ...Told[]]
}

const FIRST_ID = 7_001
const SHIPPING_CENTS = 490
const MOST_PIECES = 5
const MOST_EDITS = 3
const TAX_PERCENT = 10

/** Orders with so many events among them. */
export function makeOrders(events: number, random: () => number): readonly ShopOrder[] {
  const orders: ShopOrder[] = []
  for (let left = events; left > 0; ) {
    const [first, ...rest] = lifeOf(random)
    const life = [first, ...rest.slice(0, left - 1)] as const
    const id = FIRST_ID + orders.length
    orders.push({ id, street: `${id} Quay`, life, ...visitorOf(events, random) })
    left -= life.length
  }
  return orders
}

/** The state that counts in the end. */
export function lastState({ life }: ShopOrder): OrderState {
  return life.reduce<OrderState>((last, told) => ('state' in told ? told.state : last), EMPTY)
}

export function isDeleted({ life }: ShopOrder): boolean {
  const turns = life.filter(({ topic }) => topic === 'order.deleted' || topic === 'order.restored')
  return turns.at(-1)?.topic === 'order.deleted'
}

export type Sums = { readonly net: number; readonly tax: number; readonly total: number }

/** In cents; the shop's prices are without tax. */
export function sumsOf({ lines, shippingCents }: OrderState): Sums {
  const net = lines.reduce((sum, { quantity, cents }) => sum + quantity * cents, shippingCents)
  const tax = Math.round((net * TAX_PERCENT) / 100)
  return { net, tax, total: net + tax }
}

export const TAX = { label: 'VAT', percent: TAX_PERCENT } as const
export const SHIPPING = 'Parcel'

const EMPTY: OrderState = { status: 'pending', lines: [], shippingCents: 0, isPaid: false, refundedCents: 0 }

type Change = (state: OrderState, random: () => number) => OrderState

const AFTERWARDS: readonly { readonly share: number; readonly change: Change }[] = [
  { share: 0.7, change: (state) => ({ ...state, status: 'processing', isPaid: true }) },
  {
    share: 0.2,
    change: (state) => ({ ...state, refundedCents: state.isPaid ? Math.round(sumsOf(state).total / 4) : 0 }),
  },
  { share: 0.3, change: (state) => ({ ...state, status: 'completed' }) },
  { share: 0.2, change: (state) => ({ ...state, status: 'cancelled' }) },
]
const SHARE_DELETED = 0.15
const SHARE_RESTORED = 0.5

/** Created, edited, paid, partly refunded, completed, cancelled, deleted and restored, or some of that. */
function lifeOf(random: () => number): readonly [Told, ...Told[]] {
  let state = placed(random)
  const life: [Told, ...Told[]] = [{ topic: 'order.created', state }]
  const become = (next: OrderState, topic: 'order.updated' | 'order.restored' = 'order.updated') => {
    state = next
    life.push({ topic, state })
  }
  for (let edits = Math.floor(random() * (MOST_EDITS + 1)); edits > 0; edits -= 1)
    become(edited(state, random))
  for (const { share, change } of AFTERWARDS) if (random() < share) become(change(state, random))
  if (random() < SHARE_DELETED) {
    life.push({ topic: 'order.deleted' })
    if (random() < SHARE_RESTORED) become(state, 'order.restored')
  }
  return life
}

function placed(random: () => number): OrderState {
  const always = PRODUCTS[placeIn(PRODUCTS, random)]
  const ordered = PRODUCTS.filter((product) => product === always || random() < 0.3)
  const lines = ordered.map((product) => lineOf(product, random))
  return { ...EMPTY, lines, shippingCents: random() < 0.5 ? SHIPPING_CENTS : 0 }
}

function lineOf(product: Product, random: () => number): Line {
  const quantity = 1 + Math.floor(random() * MOST_PIECES)
  const cents = product.cents - (random() < 0.2 ? 50 : 0)
  return { id: PRODUCTS.indexOf(product) + 1, product, quantity, cents }
}

/** A line is changed, in half of all edits one is removed where another is left, in half of them one is added at the end. */
const edited: Change = (state, random) => {
  const [change, remove] = [placeIn(state.lines, random), placeIn(state.lines, random)]
  const changed = state.lines.map((line, index) => (index === change ? lineOf(line.product, random) : line))
  const kept = changed.length > 1 && random() < 0.5 ? changed.toSpliced(remove, 1) : changed
  const more = PRODUCTS.filter((product) => kept.every((line) => line.product !== product))
  const added = random() < 0.5 ? more[placeIn(more, random)] : undefined
  return { ...state, lines: added === undefined ? kept : [...kept, lineOf(added, random)] }
}

function placeIn(list: readonly unknown[], random: () => number): number {
  return Math.floor(random() * list.length)
}

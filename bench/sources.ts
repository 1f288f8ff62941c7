import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { shopify } from '../lib/sources/shopify.ts'
import type { SourceContext } from '../lib/sources/source.ts'
import { type Figure, figure, report } from './figure.ts'

/**
 * `npm run bench:sources`: from the bytes of a Shopify order to its event — signature, JSON, identity, event. Compared with
 * what any reader must do at least (MAC and JSON.parse), and 1 000 lines with 100. Figures of one run are compared with
 * each other only: a ratio that misses its target makes the exit code 1, times are for people to read.
 */
const SECRET = 'shpss_bench'
const ROUNDS = 40
const ROUND_BYTES = 2_000_000
const WARM_UP_BYTES = 30_000_000
const TEN_KILOBYTES = 10_000
const ONE_MEGABYTE = 1_000_000
/** A test notification's ids have 18 digits, which JSON.parse alone would round; a shop's have 13 or 14. */
const ID_OF_A_SHOP = 15_518_818_468_140
const ID_OF_A_TEST = '866550311766439020'

const context: SourceContext = {
  instance: 'bench',
  options: {},
  secrets: [SECRET],
  url: 'https://crm.example/orders/bench',
  acceptTests: true,
}

const macs = new WeakMap<Buffer, Record<string, string>>()

type Order = Record<string, unknown> & { readonly line_items: readonly Record<string, unknown>[] }

const sample = await captured()
const small = bodyOf(sample, linesUntil(TEN_KILOBYTES))
const large = bodyOf(sample, linesUntil(ONE_MEGABYTE))
const [hundred, thousand] = [bodyOf(sample, 100), bodyOf(sample, 1_000)]

const figures: Figure[] = [
  ...(await compared('10 kB order', 'µs', small, { atMost: 150 }, { atMost: 6 })),
  ...(await compared('10 kB order with 18-digit ids', 'µs', bodyOf(sample, linesUntil(TEN_KILOBYTES), true))),
  ...(await compared('1 MB order', 'ms', large, { atMost: 5 }, { atMost: 4 })),
  await linear(),
]
const { table, failed } = report(figures)
console.log(table)
console.log(`bodies: ${[small, large, thousand].map(({ length }) => `${length} bytes`).join(', ')}`)
for (const what of failed) console.error(`missed: ${what}`)
if (failed.length > 0) process.exitCode = 1

type Call = { readonly run: (body: Buffer) => Promise<unknown>; readonly body: Buffer }

/** The whole and its floor in turns, so that a busy machine slows both. */
async function compared(
  what: string,
  unit: 'µs' | 'ms',
  body: Buffer,
  target?: Figure['target'],
  ratioTarget?: Figure['target'],
): Promise<Figure[]> {
  const perMs = unit === 'µs' ? 1_000 : 1
  const [whole, floor] = await inTurns({ run: understand, body }, { run: leastOf, body })
  const ratios = whole.map((ms, index) => ms / (floor[index] ?? Number.NaN))
  return [
    figure(
      `${what}: verify, parse, canonicalise`,
      unit,
      whole.map((ms) => ms * perMs),
      target,
    ),
    figure(
      `${what}: MAC and JSON.parse alone`,
      unit,
      floor.map((ms) => ms * perMs),
    ),
    figure(`${what}: whole to floor`, 'ratio', ratios, ratioTarget),
  ]
}

async function linear(): Promise<Figure> {
  const [many, few] = await inTurns({ run: understand, body: thousand }, { run: understand, body: hundred })
  const ratios = many.map((ms, index) => ms / (few[index] ?? Number.NaN) / 10)
  return figure('a line of 1 000 to a line of 100', 'ratio', ratios, { atMost: 1.5 })
}

/**
 * Milliseconds for one call, once for each round; both are called in every round. What is run first only warms up: on a
 * busy machine the compiler needs that many calls, not that much time.
 */
async function inTurns(...calls: readonly [Call, Call]): Promise<[number[], number[]]> {
  for (const call of calls) await timed(call, WARM_UP_BYTES)
  const measured: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const index of [0, 1] as const) measured[index].push(await timed(calls[index], ROUND_BYTES))
  }
  return measured
}

/** In processor time, which the load of the machine changes least. */
async function timed({ run, body }: Call, bytes: number): Promise<number> {
  const count = Math.ceil(bytes / body.length)
  const before = process.cpuUsage()
  for (let left = count; left > 0; left -= 1) await run(body)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / count
}

async function understand(body: Buffer): Promise<unknown> {
  const verified = await shopify.verify(requestOf(body), context, 0)
  return [shopify.identify(verified, context, 0), shopify.toEvent(verified, context)]
}

async function leastOf(body: Buffer): Promise<unknown> {
  return [createHmac('sha256', SECRET).update(body).digest(), JSON.parse(body.toString())]
}

function requestOf(body: Buffer) {
  const headers = { 'content-type': 'application/json', 'x-shopify-topic': 'orders/create', ...macOf(body) }
  return { method: 'POST', path: '/orders/bench', rawQuery: '', headers, body, sourceIp: '127.0.0.1' }
}

/** Made once: it is the sender's work. */
function macOf(body: Buffer): Record<string, string> {
  const signing = { secret: SECRET, nowMs: 0, deliveryId: 'd-1', url: context.url, headers: {} }
  const known = macs.get(body) ?? { ...shopify.sign(body, signing) }
  macs.set(body, known)
  return known
}

async function captured(): Promise<Order> {
  const file = new URL(
    '../test/fixtures/shopify/shopify-orders-create-2024-10.hookdeck.json',
    import.meta.url,
  )
  return (JSON.parse(await readFile(file, 'utf8')) as { body: Order }).body
}

function bodyOf(order: Order, lines: number, hasLongIds = false): Buffer {
  const [line = {}] = order.line_items
  const items = Array.from({ length: lines }, (_, index) => ({ ...line, id: ID_OF_A_SHOP + index }))
  const text = JSON.stringify({ ...order, id: ID_OF_A_SHOP, line_items: items, test: false }).replace(
    /\d{16,}/g,
    String(ID_OF_A_SHOP),
  )
  return Buffer.from(hasLongIds ? text.replace(/:155188184\d{5}/g, `:${ID_OF_A_TEST}`) : text)
}

/** As many lines as make a body of at least this length. */
function linesUntil(bytes: number): number {
  const [one, two] = [bodyOf(sample, 1).length, bodyOf(sample, 2).length]
  return Math.ceil((bytes - one) / (two - one)) + 1
}

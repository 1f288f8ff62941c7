import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { dialects } from '../../../emulator/dialects.ts'
import { Order, type OrderSnapshot } from '../../../lib/events/order.ts'
import { Big } from '../../../lib/values/money.ts'
import { startOrderPipe } from '../../support/orders.ts'

const FIXTURES = 'test/fixtures'
const NAMES = Object.keys(dialects) as (keyof typeof dialects)[]

/** What the sources make of every sample of an order told in full. */
async function sampleOrders(): Promise<{ name: string; order: OrderSnapshot }[]> {
  const found: { name: string; order: OrderSnapshot }[] = []
  for (const source of await readdir(FIXTURES)) {
    const folder = path.join(FIXTURES, source, 'events')
    for (const file of await readdir(folder).catch(() => [])) {
      const golden = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as {
        readonly event: unknown
      }
      const order = Order.safeParse(golden.event).data
      if (order !== undefined && 'lines' in order && order.currency !== 'XXX')
        found.push({ name: `${source}/${file}`, order })
    }
  }
  return found
}

const samples = await sampleOrders()
const codes = [...new Set(samples.map(({ order }) => order.currency))].toSorted()
/** The emulated CRM does not look whether there is such a currency. */
const currencies = Object.fromEntries(codes.map((code, index) => [code, index + 1]))

it('there are samples of every shop', () => {
  expect(samples.length).toBeGreaterThan(30)
})

describe.each(NAMES)('every sample of an order, in the dialect %s', (dialect) => {
  it('becomes a quote with the total of the order, and the same once more changes nothing', async () => {
    const pipe = await startOrderPipe({ dialect, order: { currencies, lineConcurrency: 4 } })
    const expected = new Map<string, string>()
    for (const [index, { name, order }] of samples.entries()) {
      const sent = { ...order, shop: 'shop', orderId: `s${index}`, number: name }
      expect([name, await pipe.send(sent)]).toMatchObject([name, { kind: 'done' }])
      const again = await pipe.send({ ...sent, standing: { is: 'snapshot', version: 9e15 } })
      expect([name, again]).toMatchObject([name, { kind: 'done', effects: { quote: 'unchanged' } }])
      const changed = again.kind === 'done' ? Object.values(again.effects) : []
      expect([name, changed.filter((effect) => !['unchanged', 'skipped'].includes(effect))]).toEqual([
        name,
        [],
      ])
      expected.set(`Order ${name} (shop)`, new Big(order.total).toFixed())
    }
    const quotes = await pipe.all('Quotes')
    const totals = quotes.map((one) => [
      one['Quot_Description'],
      new Big(Number(one['Quot_GrossAmt'])).toFixed(),
    ])
    expect(new Map(totals as [string, string][])).toEqual(expected)
  }, 240_000)
})

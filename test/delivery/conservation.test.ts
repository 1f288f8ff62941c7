import { expect, it } from 'vitest'
import { type Anomaly, balanceOf, takeStock } from '../../lib/delivery/conservation.ts'
import { Ledger } from '../../lib/delivery/ledger.ts'
import { writeInOrder } from '../../lib/delivery/store/in-order.ts'
import { SQLITE, steppedStore } from '../support/ledger-stores.ts'

const MINUTE_MS = 60_000
const verified = { headers: {}, payload: { message: 'Forty routers, please.' } }
const attempt = { at: 0, ms: 1, outcome: 'x', calls: [] }
const reason = { code: 'x', message: 'y' }

async function setUp() {
  const { store, advance } = await steppedStore(SQLITE)
  const ledger = new Ledger(store, { payloadDays: 30 })
  const record = async (id: string) =>
    (await ledger.record({ id, instance: 'contact', subject: id, verified }, [])).event
  return { ledger, advance, record }
}

it('a stock counts each event by its state and reads each record once', async () => {
  const { ledger, record } = await setUp()
  await record('received')
  await ledger.finish(await record('done'), { bindings: {}, attempt })
  await ledger.park(await record('parked'), { reason, fingerprint: 'x-1', attempt })
  await ledger.ignore(await record('stale'), 'stale', reason, attempt)
  const anomalies: Anomaly[] = []
  let reads = 0
  const stock = await takeStock(ledger, {
    onRead: () => {
      reads += 1
    },
    onAnomaly: async (anomaly) => {
      anomalies.push(anomaly)
    },
  })
  expect(stock.counts).toEqual({ received: 1, waiting: 0, done: 1, stale: 1, ignored: 0, parked: 1 })
  expect([reads, anomalies]).toEqual([8, []])
})

it('what is recorded is finished, in flight, or missing from the balance', () => {
  const counts = { received: 1, waiting: 2, done: 4, stale: 8, ignored: 16, parked: 32 }
  const stock = { counts, oldestUnfinishedAt: 0, unscheduled: 1, withoutEvent: 64 }
  expect(balanceOf(stock)).toEqual({ recorded: 127, finished: 60, inFlight: 2, imbalance: 65 })
})

it('a payload without its event is missed after five minutes, and its corrections are not missed besides', async () => {
  const { ledger, advance } = await setUp()
  await writeInOrder(ledger.store, [await ledger.receipts.toPut('lost', verified)])
  await ledger.receipts.edit('lost', 0, verified, 'maeve')
  advance(5 * MINUTE_MS - 1)
  expect(await takeStock(ledger)).toMatchObject({ withoutEvent: 0 })
  advance(1)
  expect(await takeStock(ledger)).toMatchObject({ withoutEvent: 1, oldestUnfinishedAt: undefined })
})

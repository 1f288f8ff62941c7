import { setTimeout as sleep } from 'node:timers/promises'
import { startEmulator } from '../../emulator/server.ts'
import { defineConfig } from '../../lib/config/config.ts'
import { applyPlan } from '../../lib/crm/apply-plan.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { claimSubject } from '../../lib/delivery/claim.ts'
import { claimJournal } from '../../lib/delivery/claim-journal.ts'
import { naturalKeys } from '../../lib/delivery/natural-keys.ts'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import type { OrderSnapshot } from '../../lib/events/order.ts'
import { orderToQuote } from '../../lib/plans/order-to-quote.ts'
import { type Timed, timing } from './depth.ts'

const TIMES = { requestTimeoutMs: 10_000, longestRequestMs: 2_000, sendWindowMs: 5_000 }
const HALF_AN_HOUR_MS = 30 * 60_000

export type BenchShop = {
  /** Makes an order's records in the CRM, with a ledger. Resolves with the requests it took. */
  place(order: OrderSnapshot): Promise<readonly Timed[]>
  close(): Promise<void>
}

/**
 * Plan, journal, client and an emulated CRM with the products of the demo database in this process.
 * @param latencyMs how long the CRM takes for each request at least
 */
export async function openShop(lineConcurrency: number, latencyMs = 0): Promise<BenchShop> {
  const emulator = await startEmulator({ seed: true, longestRequestMs: TIMES.longestRequestMs })
  if (latencyMs > 0) await slowDown(emulator.controlUrl, latencyMs)
  const store = openSqliteStore({ file: ':memory:', synchronous: 'normal', now: Date.now })
  const requests: Timed[] = []
  const client = createCrmClient({
    baseUrl: emulator.baseUrl,
    credentials: { user: 'admin', password: 'admin' },
    requestTimeoutMs: TIMES.requestTimeoutMs,
    entities: loadEntity,
    middlewares: [timing(requests)],
  })
  const config = defineConfig({
    installation: 'bench',
    publicUrl: 'http://127.0.0.1',
    sources: { shop: { source: 'shopify' } },
    order: { lineConcurrency },
  })
  const context = { config, instance: 'shop', receivedAt: new Date(0), fileUrl: () => '' }
  const keys = naturalKeys(store, 'bench', sleep)
  const place = async (order: OrderSnapshot) => {
    requests.length = 0
    const claimed = await claimSubject(store, `shop:${order.orderId}`, HALF_AN_HOUR_MS)
    if (claimed.state === 'busy') throw new Error(`${order.orderId} is somebody else's`)
    const journal = claimJournal(claimed.claim, {
      installation: 'bench',
      times: TIMES,
      naturalKeys: keys,
      deadline: { remainingMs: () => HALF_AN_HOUR_MS },
      fresh: true,
      redriven: undefined,
      wasHeld: false,
      hash: (text) => text.slice(0, 16),
      now: Date.now,
      monotonicMs: () => performance.now(),
    })
    await applyPlan(orderToQuote({ snapshot: order, facts: [] }, context), {
      client,
      entities: loadEntity,
      journal,
    })
    await claimed.claim.giveBack()
    return [...requests]
  }
  const close = async () => {
    client.close()
    await Promise.all([store.close(), emulator.close()])
  }
  return { place, close }
}

async function slowDown(controlUrl: string, ms: number): Promise<void> {
  const response = await fetch(`${controlUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ times: 1_000_000, fault: { kind: 'latency', ms } }),
  })
  if (!response.ok) throw new Error(`the emulator refuses to be slow: ${response.status}`)
}

const SKUS = ['RT-100', 'SW-24', 'XX-1']

/** An order of so many lines by a buyer of a company. */
export function orderOf(id: string, lines: number, buyer: string): OrderSnapshot {
  return {
    kind: 'order',
    shop: 'shop',
    orderId: id,
    standing: { is: 'snapshot', version: 1 },
    number: id,
    state: 'open',
    currency: 'EUR',
    amountsIncludeTax: true,
    buyer: { email: `${buyer}@example.com`, lastName: buyer, company: `${buyer} Ltd` },
    lines: Array.from({ length: lines }, (_, index) => ({
      id: String(index + 1),
      sku: SKUS[index % SKUS.length] ?? '',
      name: `Thing ${index + 1}`,
      quantity: '2',
      unitPrice: '5.00',
      discount: '0',
      tax: '0',
      total: '10.00',
      attributes: [],
    })),
    shipping: [],
    fees: [],
    discounts: [],
    discountCodes: [],
    taxes: [],
    tax: '0',
    total: `${lines * 10}.00`,
    refunds: [],
    attributes: [],
    tags: [],
  }
}

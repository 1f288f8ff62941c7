import { isBeside, sequentialDepth } from './orders/depth.ts'
import { type BenchShop, openShop, orderOf } from './orders/shop.ts'
import { spreadOf } from './statistics.ts'

/**
 * `npm run bench:orders`: orders of 1, 10, 100 and 1 000 lines with plan, ledger, client and emulator in one process. Of
 * one run only ratios and counts can fail: the requests one after another of an order of three lines, and the time a line
 * takes among 1 000 compared with 100.
 */
const SIZES: readonly (readonly [lines: number, orders: number])[] = [
  [1, 60],
  [10, 30],
  [100, 6],
  [1_000, 2],
]
const CONCURRENCIES = [1, 4]
const LATENCY_MS = 250
const MOST_KNOWN = 4
const MOST_UNKNOWN = 6
/** Of the time for a line. The ledger stores all lines of an order with every 25 of them; the calls are what is linear. */
const MOST_GROWTH = 3

const missed = [...(await depths()), ...(await sizes())]
for (const what of missed) console.error(`missed: ${what}`)
if (missed.length > 0) process.exitCode = 1

/** With a CRM that takes its time, so that what is asked at once is open at once. */
async function depths(): Promise<string[]> {
  const shop = await openShop(3, LATENCY_MS)
  try {
    const unknown = await depthOf(shop, 'first')
    const known = await depthOf(shop, 'second')
    console.log(
      `three lines, everything unknown: ${unknown} requests one after another (at most ${MOST_UNKNOWN})`,
    )
    console.log(`three lines, known customer: ${known} requests one after another (at most ${MOST_KNOWN})`)
    const failed = [known > MOST_KNOWN && 'known customer', unknown > MOST_UNKNOWN && 'everything unknown']
    return failed.filter((one) => typeof one === 'string').map((one) => `requests one after another, ${one}`)
  } finally {
    await shop.close()
  }
}

async function depthOf(shop: BenchShop, id: string): Promise<number> {
  const requests = await shop.place(orderOf(id, 3, 'maeve'))
  return sequentialDepth(requests.filter((one) => !isBeside(one)))
}

async function sizes(): Promise<string[]> {
  const missed: string[] = []
  for (const concurrency of CONCURRENCIES) {
    const perLine = new Map<number, number>()
    for (const [lines, orders] of SIZES) perLine.set(lines, await measure(lines, orders, concurrency))
    const growth = (perLine.get(1_000) ?? 0) / (perLine.get(100) ?? 1)
    console.log(`time for a line, among 1000 to among 100: ${growth.toFixed(2)} (at most ${MOST_GROWTH})`)
    if (growth > MOST_GROWTH) missed.push(`linear growth with ${concurrency} lines at once`)
  }
  return missed
}

/** Milliseconds for a line. */
async function measure(lines: number, orders: number, concurrency: number): Promise<number> {
  const shop = await openShop(concurrency)
  try {
    await shop.place(orderOf('warm', 1, 'maeve'))
    const times: number[] = []
    let calls = 0
    let depth = 0
    for (let index = 0; index < orders; index += 1) {
      const began = performance.now()
      const requests = await shop.place(orderOf(`o${index}`, lines, 'maeve'))
      times.push(performance.now() - began)
      calls = requests.length
      depth = sequentialDepth(requests.filter((one) => !isBeside(one)))
    }
    const { median, low, high } = spreadOf(times)
    const rate = `${(1000 / median).toFixed(1)} orders/s (${(1000 / high).toFixed(1)}–${(1000 / low).toFixed(1)})`
    console.log(
      `${lines} lines, ${concurrency} at once: ${rate}, ${calls} calls an order, ${depth} one after another`,
    )
    return median / lines
  } finally {
    await shop.close()
  }
}

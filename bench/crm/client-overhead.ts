import { createCrmClient } from '../../lib/crm/client.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { type Figure, figure } from '../figure.ts'
import { USER } from '../process.ts'
import { ratios, roundOf } from '../rounds.ts'
import { CASE, createCase, readJson } from './case.ts'

const REQUEST_TIMEOUT_MS = 30_000
const CONCURRENCIES = [1, 32]
const REQUESTS = 320
const TARGET = { atMost: 1.15 }

/** What our client takes compared with `fetch` and nothing around it, against the same emulator. */
export async function clientOverhead(baseUrl: string): Promise<Figure[]> {
  const crm = createCrmClient({
    baseUrl,
    credentials: USER,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    entities: loadEntity,
  })
  const cases = crm.entity('Cases')
  const key = String((await createCase(baseUrl))['$key'])
  const pairs = [
    ['entry read', () => cases.get(key), () => readJson(`${baseUrl}/Cases('${key}')`)],
    ['create', () => cases.create(CASE), () => createCase(baseUrl)],
  ] as const
  const figures: Figure[] = []
  try {
    for (const [name, ours, bare] of pairs) {
      for (const concurrency of CONCURRENCIES) {
        const found = await ratios(roundOf(REQUESTS, concurrency, ours), roundOf(REQUESTS, concurrency, bare))
        figures.push(figure(`client : fetch, ${name}, ${concurrency} at once`, 'ratio', found, TARGET))
      }
    }
  } finally {
    crm.close()
  }
  return figures
}

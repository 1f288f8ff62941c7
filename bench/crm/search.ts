import { generatedCompany } from '../../emulator/database/company-names.ts'
import { randomNumbers } from '../../emulator/random.ts'
import { type Figure, figure } from '../figure.ts'
import { startEmulatorProcess } from '../process.ts'
import { readJson } from './case.ts'

const COMPANIES = 200_000
const SEARCHES = 400
const WARM_UPS = 50
const SEED = 7

/** Many companies, looked up by names that differ each time, over HTTP. */
export async function searchFigures(): Promise<Figure[]> {
  const startedAt = performance.now()
  const { baseUrl, close } = await startEmulatorProcess(COMPANIES)
  const readyAfterS = (performance.now() - startedAt) / 1000
  try {
    const draw = randomNumbers(SEED)
    const name = () => generatedCompany(Math.floor(draw() * COMPANIES)).name
    const equal = await searches(baseUrl, () => `comp_name eq '${name()}'`)
    const alike = await searches(baseUrl, () => `comp_name like '${name().slice(0, -4)}%'`)
    return [
      figure(`${COMPANIES} companies made on disk`, 's', [readyAfterS], { atMost: 20 }),
      figure('one of them found by its name', 'ms', equal, { atMost: 5 }),
      figure('found by the beginning of its name', 'ms', alike, { atMost: 5 }),
    ]
  } finally {
    await close()
  }
}

async function searches(baseUrl: string, condition: () => string): Promise<number[]> {
  const found: number[] = []
  for (let index = 0; index < SEARCHES + WARM_UPS; index += 1) {
    const where = condition()
    const startedAt = performance.now()
    const page = await readJson(`${baseUrl}/Company?count=10&where=${encodeURIComponent(where)}`)
    if (index >= WARM_UPS) found.push(performance.now() - startedAt)
    if (Number(page['$totalResults']) < 1) throw new Error(`nothing found: ${where}`)
  }
  return found
}

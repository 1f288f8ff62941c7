import { parseArgs } from 'node:util'
import * as z from 'zod'
import { interleave } from './run.ts'
import { scenarios } from './scenarios.ts'

/** `npm run interleavings -- --count 100000 --seed 7`: as many interleavings, shared out among the scenarios. */
const SEEDS = 2 ** 31
const Options = z.object({
  count: z.coerce.number().int().min(1),
  seed: z.coerce.number().int(),
})

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * SEEDS)) },
  },
})
const { count, seed } = Options.parse(values)
const names = Object.keys(scenarios)
const numRuns = Math.ceil(count / names.length)
const began = performance.now()
let failed = 0
for (const name of names) {
  const startedAt = performance.now()
  try {
    await interleave(name, { numRuns, seed })
    console.log(`${numRuns} interleavings, ${seconds(startedAt)} s: ${name}`)
  } catch (error) {
    failed += 1
    console.error(`${name}: ${describe(error)}`)
  }
}
console.log(
  `${numRuns * names.length} interleavings in ${seconds(began)} s, ${failed} scenarios failed (--seed ${seed})`,
)
process.exitCode = failed === 0 ? 0 : 1

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}\n${describe(error.cause)}`
}

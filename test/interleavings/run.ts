import fc from 'fast-check'
import { scenarios } from './scenarios.ts'
import type { Planted } from './world.ts'

export type Runs = { readonly numRuns: number; readonly seed: number }

/** Random interleavings of one scenario. A failure is shrunk, and names the seed and the path that repeat it. */
export async function interleave(
  name: string,
  { numRuns, seed }: Runs,
  planted: Planted = {},
): Promise<void> {
  const scenario = scenarios[name]
  if (scenario === undefined) throw new Error(`there is no scenario "${name}"`)
  const property = fc.asyncProperty(fc.scheduler(), fc.integer(), (scheduler, of) =>
    scenario(scheduler, of, planted),
  )
  await fc.assert(property, { numRuns, seed })
}

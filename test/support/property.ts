/**
 * How often property tests try, and from which seed: `FAST_CHECK_RUNS` and `FAST_CHECK_SEED` override.
 * A failure prints the seed, so that it can be run again.
 */
export function propertyRuns(reduced = 200): { numRuns: number; seed: number } {
  return { numRuns: Number(process.env['FAST_CHECK_RUNS'] ?? reduced), seed: seed() }
}

const drawn = Math.floor(Math.random() * 2 ** 31)

function seed(): number {
  const given = process.env['FAST_CHECK_SEED']
  const value = given === undefined ? drawn : Number(given)
  announce(value)
  return value
}

let announced = false

function announce(value: number): void {
  if (announced) return
  announced = true
  console.log(`property tests: FAST_CHECK_SEED=${value}`)
}

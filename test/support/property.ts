/**
 * How often a property test tries, and from which seed. `reduced` is what a few seconds allow; FAST_CHECK_SCALE
 * multiplies it (`npm run test:full`) and FAST_CHECK_SEED repeats a run. A failure prints the seed.
 */
export function propertyRuns(reduced = 200): { numRuns: number; seed: number } {
  const scale = Number(process.env['FAST_CHECK_SCALE'] ?? 1)
  return { numRuns: Math.ceil(reduced * scale), seed: seed() }
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

const SEEDS = 2 ** 31

/** Before a run: one seed for all its property tests, said whether they fail or not. FAST_CHECK_SEED repeats a run. */
export function setup(): void {
  const seed = process.env['FAST_CHECK_SEED'] ?? String(Math.floor(Math.random() * SEEDS))
  process.env['FAST_CHECK_SEED'] = seed
  console.log(`property tests: FAST_CHECK_SEED=${seed}`)
}

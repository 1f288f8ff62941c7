/**
 * How often a property test tries, and from which seed. `reduced` is what a few seconds allow; FAST_CHECK_SCALE
 * multiplies it (`npm run test:full`). The seed is that of the whole run (`seed.ts`); a failure prints it and the path.
 */
export function propertyRuns(reduced = 200): { numRuns: number; seed: number } {
  const { FAST_CHECK_SCALE = '1', FAST_CHECK_SEED } = process.env
  if (FAST_CHECK_SEED === undefined) throw new Error('FAST_CHECK_SEED: run the tests with vitest.config.ts')
  return { numRuns: Math.ceil(reduced * Number(FAST_CHECK_SCALE)), seed: Number(FAST_CHECK_SEED) }
}

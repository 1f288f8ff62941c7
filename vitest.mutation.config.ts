import { defineConfig } from 'vitest/config'

/**
 * What mutants are run against. Everything that takes time and kills no other mutant is left out: the ledger is tested on
 * one store, property tests try a few dozen values of one seed, files are not isolated from each other.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    isolate: false,
    testTimeout: 10_000,
    hookTimeout: 10_000,
    env: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      FAST_CHECK_SEED: '1',
      FAST_CHECK_SCALE: '0.2',
      LEDGER_STORES: 'sqlite',
    },
  },
})

import { defineConfig } from 'vitest/config'

/** The tests that mutants of the delivery room, of what it asks of the CRM room and of signatures are run against. */
export default defineConfig({
  test: {
    include: [
      'test/delivery/**/*.test.ts',
      'test/crm/where.test.ts',
      'test/crm/narrow.test.ts',
      'test/jobs/**/*.test.ts',
      'test/sources/signature.test.ts',
    ],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT', FAST_CHECK_SEED: '1' },
  },
})

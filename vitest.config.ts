import { defineConfig } from 'vitest/config'

/** `--mode full` runs every property test this many times as often. */
const FULL = { FAST_CHECK_SCALE: '20' }
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT' }

export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/seed.ts',
    testTimeout: mode === 'full' ? 600_000 : 20_000,
    hookTimeout: 30_000,
    sequence: { shuffle: true },
    env: mode === 'full' ? { ...QUIET, ...FULL } : QUIET,
  },
}))

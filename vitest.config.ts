import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { SlowFirst } from './test/support/slow-first.ts'

/** `--mode full` runs every property test this many times as often. */
const FULL = { FAST_CHECK_SCALE: '20' }
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT' }

export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/seed.ts',
    testTimeout: mode === 'full' ? 600_000 : 20_000,
    hookTimeout: 30_000,
    // One more than there are cores: the walk and the soak mostly wait.
    maxWorkers: availableParallelism() + 1,
    sequence: { shuffle: { files: false, tests: true }, sequencer: SlowFirst },
    env: mode === 'full' ? { ...QUIET, ...FULL } : QUIET,
  },
}))

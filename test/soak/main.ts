import { readOptions } from './options.ts'
import { soak } from './soak.ts'

/** `npm run soak -- --events 5000 --ledger dynamodb`; the options and their defaults are in options.ts. */
const SEEDS = 2 ** 31

// The children end with this process; the folder is removed on the way out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
process.on('disconnect', () => process.exit(1))
// Listening to the parent must not keep a process alive that has nothing more to do.
process.channel?.unref()

try {
  const report = await soak(
    readOptions(process.argv.slice(2), Math.floor(Math.random() * SEEDS)),
    console.log,
  )
  for (const line of report.lines) console.log(line)
  process.exitCode = report.isRight ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

import { clientOverhead } from './crm/client-overhead.ts'
import { emulatorShare } from './crm/emulator-share.ts'
import { clientFigures } from './crm/schemas.ts'
import { searchFigures } from './crm/search.ts'
import { type Figure, report } from './figure.ts'
import { startEmulatorProcess } from './process.ts'

/**
 * `npm run bench:crm`: the CRM client and the emulator, which runs in a process of its own with its database on disk.
 * Figures of one run are compared with each other only: a ratio that misses its target makes the exit code 1, times are
 * for people to read.
 */
const figures: Figure[] = [...(await clientFigures()), ...(await withEmulator()), ...(await searchFigures())]
const { table, failed } = report(figures)
console.log(table)
for (const what of failed) console.error(`missed: ${what}`)
if (failed.length > 0) process.exitCode = 1

async function withEmulator(): Promise<Figure[]> {
  const { baseUrl, close } = await startEmulatorProcess(0)
  try {
    return [...(await clientOverhead(baseUrl)), ...(await emulatorShare(baseUrl))]
  } finally {
    await close()
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { openDatabase } from '../emulator/database/open.ts'
import { startProcess } from './process.ts'

/**
 * `npm run bench:automations`: escalate-overdue-cases over 200 000 cases of an emulated CRM, by runs of at most 60 s each in a
 * process that may use 128 MB, as on Lambda; the CRM is a process of its own. Fails when a run needs more, when a case is
 * missed or changed twice, or when a second pass changes anything.
 */
const CASES = 200_000
/** One case in so many is overdue. */
const OVERDUE_ONE_IN = 1_000
const NOW = '2026-11-30T10:00:00Z'
/** What a process of 128 MB can leave to its heap. */
const AS_ON_LAMBDA = {
  NODE_OPTIONS: '--max-old-space-size=80 --max-semi-space-size=2',
  LEDGER_KEY: 'a key of the benchmark',
  CRM_PASSWORD: 'admin',
}

const folder = await mkdtemp(path.join(tmpdir(), 'bench-automations-'))
try {
  const file = path.join(folder, 'crm.db')
  fill(file)
  const emulator = await startProcess('emulator/main.ts', ['--port', '0', '--data', file])
  try {
    const args = [String(emulator.message['baseUrl']), path.join(folder, 'ledger.db'), NOW]
    const worker = await bundled(folder)
    for (const pass of ['first', 'second']) {
      const { message, close } = await startProcess(worker, args, AS_ON_LAMBDA)
      tell(pass, message)
      await close()
      check(pass, message)
    }
  } finally {
    await emulator.close()
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** One file of JavaScript, as a function is deployed: reading TypeScript would take memory of its own. */
async function bundled(folder: string): Promise<string> {
  const outfile = path.join(folder, 'worker.mjs')
  const banner = {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  }
  const entryPoints = ['bench/automations/worker-main.ts']
  await build({ entryPoints, outfile, banner, bundle: true, format: 'esm', platform: 'node', minify: true })
  return outfile
}

/** Half of the cases are closed; of the open ones some are overdue, the others due next year. */
function fill(file: string): void {
  const database = openDatabase(file, NOW)
  database.script(`
    INSERT INTO Cases (Case_Description, Case_Status, Case_Stage, Case_Priority, case_targetclose, Case_CreatedDate,
      Case_UpdatedDate)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${CASES})
    SELECT 'Case ' || n, CASE WHEN n % 2 = 0 THEN 'Closed' ELSE 'In Progress' END, 'Logged', 'Normal',
      CASE WHEN n % ${OVERDUE_ONE_IN} = 1 THEN '2026-11-02T10:00:00Z' ELSE '2027-11-02T10:00:00Z' END,
      '2026-10-01T08:00:00Z', '2026-10-01T08:00:00Z'
    FROM number`)
  database.close()
}

function tell(pass: string, said: Readonly<Record<string, unknown>>): void {
  const { report, runs, longestMs, totalMs, pages, requests, residentMb } = said
  const rate = (Number(pages) / Number(totalMs)) * 1_000
  console.log(`${pass} pass: ${runs} runs, the longest ${(Number(longestMs) / 1_000).toFixed(1)} s`)
  console.log(
    `  ${pages} pages, ${rate.toFixed(0)} pages/s, ${requests} CRM calls, ${residentMb} MB resident at most`,
  )
  console.log(`  ${JSON.stringify(report)}`)
}

function check(pass: string, { report, longestMs, residentMb }: Readonly<Record<string, unknown>>): void {
  const { changed } = report as { changed: number }
  const wanted = pass === 'first' ? CASES / OVERDUE_ONE_IN : 0
  if (changed !== wanted) throw new Error(`${pass} pass: ${changed} changed, not ${wanted}`)
  if (Number(longestMs) > 60_000) throw new Error(`a run took ${longestMs} ms`)
  if (Number(residentMb) > 128) throw new Error(`${residentMb} MB are more than 128`)
}

import { defineConfig } from '../../lib/config/config.ts'
import { type RunOutcome, runAutomation } from '../../lib/delivery/automation/run.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { build } from '../../lib/runtime/assemble.ts'
import { readEnvironment } from '../../lib/runtime/env.ts'
import { USER } from '../process.ts'

/** One pass over all records, run by run, as the functions would do it; sends its figures to its parent. */
const NAME = 'escalate-overdue-cases'
const ONE_RUN_MS = 58_000

const [, , crm = '', ledger = '', now = ''] = process.argv
const config = defineConfig({
  installation: 'bench',
  publicUrl: 'http://localhost',
  sources: {},
  automations: {
    [NAME]: { schedule: 'rate(1 hour)', levels: [{ overdueHours: 0, priority: 'High' as const }] },
  },
})
const built = await build(
  config,
  readEnvironment({
    CRM_URL: crm,
    CRM_USER: USER.user,
    LEDGER_URL: `sqlite:${ledger}`,
    LEDGER_SYNCHRONOUS: 'normal',
    RETRY_QUEUE_URL: 'http://queue.invalid',
  }),
)
const nobody = async () => undefined
const counts = { requests: 0 }
const pipe: Pipe = { ...built, crm: counting(built.crm), queue: { send: nobody, sendRun: nobody } }
const began = performance.now()
let [runs, longestMs] = [0, 0]
let outcome: RunOutcome
do {
  const from = performance.now()
  const deadline = { remainingMs: () => ONE_RUN_MS - (performance.now() - from) }
  outcome = await runAutomation(NAME, pipe, deadline, { byHand: true, nowMs: Date.parse(now) })
  longestMs = Math.max(longestMs, performance.now() - from)
  runs += 1
} while (outcome.state === 'continues')
if (outcome.state !== 'finished') throw new Error(`the run ended as ${outcome.state}: ${outcome.why}`)
const totalMs = performance.now() - began
const { report } = outcome
pipe.crm.close()
await pipe.ledger.store.close()
const residentMb = Math.round(process.resourceUsage().maxRSS / 1024)
const figures = { report, runs, longestMs, totalMs, pages: report?.pages, ...counts, residentMb }
process.send?.(figures, () => process.disconnect())

/** Counts what is asked of the CRM; a look-up counts as one, however many pages it has. */
function counting(client: Pipe['crm']): Pipe['crm'] {
  const entity = ((name: string) => {
    const methods = Object.entries(client.entity(name)).map(([method, call]) => {
      const counted = (...given: unknown[]) => {
        counts.requests += 1
        return Reflect.apply(call, undefined, given)
      }
      return [method, counted] as const
    })
    return Object.fromEntries(methods)
  }) as unknown as Pipe['crm']['entity']
  return { ...client, entity }
}

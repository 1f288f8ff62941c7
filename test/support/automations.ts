import type { AutomationName } from '../../lib/config/automations.ts'
import { defineConfig, type IntegrationConfig } from '../../lib/config/config.ts'
import { type RunOptions, type RunOutcome, runAutomation } from '../../lib/delivery/automation/run.ts'
import { addToCrm, allOf, type CrmRecord } from './crm.ts'
import { minute, type PipeOptions, startPipe, type TestPipe } from './pipe.ts'

type Automations = Parameters<typeof defineConfig>[0]['automations']

/** Nobody waits for it here: on a busy machine a short one would be an outage of the CRM. */
const LONGEST_REQUEST_MS = 5_000

export type Automated = TestPipe & {
  /** Moves the clocks of the ledger and of the CRM to an instant. */
  setClock(instant: string): void
  run(name: AutomationName, options?: RunOptions): Promise<RunOutcome>
  /** Runs until it says something else than that it goes on. */
  runThrough(name: AutomationName, options?: RunOptions): Promise<RunOutcome>
  add(entity: string, fields: CrmRecord): Promise<string>
  all(entity: string): Promise<readonly CrmRecord[]>
}

/** The real pipe over a real emulator with automations, its clock at an instant. */
export async function startAutomated(
  automations: Automations,
  instant: string,
  options: PipeOptions = {},
): Promise<Automated> {
  const config: IntegrationConfig = defineConfig({
    installation: 'test',
    publicUrl: 'http://localhost',
    sources: {},
    automations,
  })
  const started = await startPipe({ longestRequestMs: LONGEST_REQUEST_MS, ...options, config })
  const { pipe, emulator } = started
  const setClock = (to: string) => started.advance(Date.parse(to) - pipe.ledger.store.now())
  setClock(instant)
  const run = (name: AutomationName, how: RunOptions = { byHand: true }) =>
    runAutomation(name, pipe, minute(), how)
  return {
    ...started,
    setClock,
    run,
    runThrough: async (name, how) => {
      for (;;) {
        const outcome = await run(name, how)
        if (outcome.state !== 'continues') return outcome
      }
    },
    add: (entity, fields) => addToCrm(emulator, entity, fields),
    all: (entity) => allOf(emulator, entity),
  }
}

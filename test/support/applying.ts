import { onTestFinished } from 'vitest'
import { type Emulator, startEmulator } from '../../emulator/server.ts'
import { type Applied, applyPlan } from '../../lib/crm/apply-plan.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import type { Journal } from '../../lib/crm/journal.ts'
import type { Plan, Step } from '../../lib/crm/plan.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { type MemoryJournal, memoryJournal } from './memory-journal.ts'
import { TEST_USER } from './pipe.ts'

const LONGEST_REQUEST_MS = 1_000

export type Applying = {
  readonly emulator: Emulator
  readonly journal: MemoryJournal
  /**
   * Applies a plan and tells what became of each step, with the fields people have changed. `told` goes before what the journal
   * says itself.
   */
  apply(plan: Plan, told?: Partial<Journal>): Promise<Readonly<Record<string, string>>>
}

/** Plans alone, over a real emulator and a journal in memory: no sources, no ledger. */
export async function startApplying(): Promise<Applying> {
  const journal = memoryJournal()
  const emulator = await startEmulator({
    users: [TEST_USER],
    longestRequestMs: LONGEST_REQUEST_MS,
    now: () => new Date(journal.now()),
  })
  const client = createCrmClient({
    baseUrl: emulator.baseUrl,
    credentials: { user: TEST_USER.logon, password: TEST_USER.password },
    requestTimeoutMs: 2 * LONGEST_REQUEST_MS,
    entities: loadEntity,
  })
  onTestFinished(async () => {
    client.close()
    await emulator.close()
  })
  const deps = { client, entities: loadEntity }
  return {
    emulator,
    journal,
    apply: async (plan, told) =>
      effectsOf(await applyPlan(plan, { ...deps, journal: { ...journal, ...told } })),
  }
}

function effectsOf(applied: Applied): Record<string, string> {
  return Object.fromEntries(
    [...applied].map(([as, { effect, kept = [] }]) => [as, [effect, ...kept].join(', ')]),
  )
}

/** The id of a step's record, as a column of another record has it. */
export function idOf({ journal }: Applying, as: string): number {
  const entry = journal.entry(as)
  if (entry?.state !== 'bound') throw new Error(`"${as}" is not bound`)
  return Number(entry.id)
}

/** The company of this name, ours to make where it is not there. */
export function companyStep(name: string, more: Partial<Step> = {}): Step {
  const search = {
    resource: 'Company',
    where: { op: 'eq', field: 'comp_name', value: name },
    equal: { comp_name: name },
  } as const
  return {
    as: 'company',
    resource: 'Company',
    needs: [],
    match: { by: 'natural', key: `company:${name}`, search: [search] },
    create: { comp_name: name },
    ...more,
  }
}

/** A case that is known by our marker. */
export function caseStep(more: Partial<Step> = {}): Step {
  return {
    as: 'case',
    resource: 'Cases',
    needs: [],
    match: { by: 'marker', field: 'case_customerref' },
    create: { case_description: 'Forty routers' },
    ...more,
  }
}

import { expect, it } from 'vitest'
import { runAutomation } from '../../lib/delivery/automation/run.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { type Automated, startAutomated } from '../support/automations.ts'
import { actsOf, mortalPipe } from '../support/mortal.ts'
import { minute } from '../support/pipe.ts'
import { propertyRuns } from '../support/property.ts'

const NAME = 'escalate-overdue-cases'
const CASES = 4

async function start() {
  const levels = [{ overdueHours: 0, priority: 'High' as const }]
  const automated = await startAutomated(
    { [NAME]: { schedule: 'rate(1 hour)', levels } },
    '2026-11-30T10:00:00Z',
  )
  for (let number = 0; number < CASES; number += 1)
    await automated.add('Cases', { case_description: `${number}`, case_targetclose: '2026-11-27T10:00:00Z' })
  return automated
}

/** What the sweeper would do, and the next alarm. */
async function recover({ pipe, advance, run, all }: Automated) {
  for (let round = 0; round < 8; round += 1) {
    advance(90_000)
    for (const { record } of await pipe.ledger.listDue(100)) await deliver(record.id, pipe, minute())
    const { state } = await run(NAME, {})
    if (state === 'not-due' && (await pipe.ledger.listDue(1)).length === 0) break
  }
  await run(NAME)
  const [cases, notes, tasks] = [await all('Cases'), await all('Notes'), await all('Communication')]
  return {
    high: cases.filter((one) => one['Case_Priority'] === 'High').length,
    noted: new Set(notes.map((one) => one['Note_ForeignId'])).size,
    notes: notes.length,
    tasks: tasks.length,
  }
}

it('a run that is killed at any act misses no record and changes none twice', async () => {
  const acts = await actsOf((await start()).pipe, (pipe) =>
    runAutomation(NAME, pipe, minute(), { byHand: true }),
  )
  expect(acts).toBeGreaterThan(40)
  const { seed, numRuns } = propertyRuns(12)
  const step = Math.max(1, Math.floor(acts / numRuns))
  for (let act = 1 + (seed % step); act <= acts; act += step) {
    const automated = await start()
    const life = { left: act, diesAfter: act % 2 === 0 }
    await runAutomation(NAME, mortalPipe(automated.pipe, life), minute(), { byHand: true }).catch(
      () => undefined,
    )
    expect({ act, ...(await recover(automated)) }).toEqual({
      act,
      high: CASES,
      noted: CASES,
      notes: CASES,
      tasks: CASES,
    })
  }
}, 300_000)

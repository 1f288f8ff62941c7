import { expect, it } from 'vitest'
import { runAutomation } from '../../lib/delivery/automation/run.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { Ledger } from '../../lib/delivery/ledger.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { type Automated, startAutomated } from '../support/automations.ts'
import { minute } from '../support/pipe.ts'
import { propertyRuns } from '../support/property.ts'

const NAME = 'escalate-overdue-cases'
const CASES = 4

type Life = { left: number; readonly diesAfter: boolean }

/** An object all of whose asynchronous methods belong to a process that dies at its n-th act, before or after doing it. */
function mortal<T extends object>(object: T, life: Life): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function' || name === 'now' || name === 'entity') return value
      return async (...given: unknown[]) => {
        life.left -= 1
        const dead = () => new StoreUnavailableError('this process is dead')
        if (life.left < 0 || (life.left === 0 && !life.diesAfter)) throw dead()
        const result: unknown = await Reflect.apply(value, target, given)
        if (life.left <= 0) throw dead()
        return result
      }
    },
  })
}

function mortalPipe({ pipe }: Automated, life: Life): Pipe {
  const entity = ((name: string) => mortal(pipe.crm.entity(name), life)) as Pipe['crm']['entity']
  const store = mortal(pipe.ledger.store, life)
  return { ...pipe, crm: { ...pipe.crm, entity }, ledger: new Ledger(store, { payloadDays: 30 }) }
}

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

async function actsOfARun(): Promise<number> {
  const automated = await start()
  const life = { left: Number.MAX_SAFE_INTEGER, diesAfter: false }
  await runAutomation(NAME, mortalPipe(automated, life), minute(), { byHand: true })
  return Number.MAX_SAFE_INTEGER - life.left
}

it('a run that is killed at any act misses no record and changes none twice', async () => {
  const acts = await actsOfARun()
  expect(acts).toBeGreaterThan(40)
  const { seed, numRuns } = propertyRuns(12)
  const step = Math.max(1, Math.floor(acts / numRuns))
  for (let act = 1 + (seed % step); act <= acts; act += step) {
    const automated = await start()
    const life = { left: act, diesAfter: act % 2 === 0 }
    await runAutomation(NAME, mortalPipe(automated, life), minute(), { byHand: true }).catch(() => undefined)
    expect({ act, ...(await recover(automated)) }).toEqual({
      act,
      high: CASES,
      noted: CASES,
      notes: CASES,
      tasks: CASES,
    })
  }
}, 300_000)

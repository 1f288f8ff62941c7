import { describe, expect, it } from 'vitest'
import { runAutomation } from '../../../lib/delivery/automation/run.ts'
import { loadAutomation } from '../../../lib/delivery/automation/run-record.ts'
import { retryBatch } from '../../../lib/delivery/retry-batch.ts'
import { type Automated, startAutomated } from '../../support/automations.ts'
import { breakCrm, changeCrm, limitUser, mendCrm } from '../../support/crm.ts'
import { minute } from '../../support/pipe.ts'

const NAME = 'escalate-overdue-cases'
const ESCALATE = {
  [NAME]: { schedule: 'rate(1 hour)', levels: [{ overdueHours: 0, priority: 'High' as const }] },
}
const MONDAY = '2026-11-30T10:00:00Z'
const FRIDAY = '2026-11-27T10:00:00Z'

const start = (options = {}) => startAutomated(ESCALATE, MONDAY, options)

async function addOverdue({ add }: Automated, count = 1): Promise<string[]> {
  const ids: string[] = []
  for (let number = 0; number < count; number += 1)
    ids.push(await add('Cases', { case_description: `Case ${number}`, case_targetclose: FRIDAY }))
  return ids
}

async function priorities({ all }: Automated): Promise<unknown[]> {
  return (await all('Cases')).map((one) => one['Case_Priority'])
}

describe('a run', () => {
  it.each(['2019R2', '2022R2', '2024R2', 'strict-sdata'] as const)(
    'changes what is due, with a note and a task, once, in the dialect %s',
    async (dialect) => {
      const automated = await start({ dialect })
      await addOverdue(automated, 3)
      await automated.add('Cases', { case_description: 'In time', case_targetclose: '2026-12-24T10:00:00Z' })
      await automated.add('Cases', {
        case_description: 'Done',
        case_targetclose: FRIDAY,
        case_status: 'Closed',
      })
      const { state, report } = await automated.run(NAME)
      expect([state, report?.changed, report?.failed, report?.skipped]).toEqual([
        'finished',
        3,
        0,
        { 'in time': 1 },
      ])
      expect(await priorities(automated)).toEqual(['High', 'High', 'High', 'Normal', 'Normal'])
      expect(await automated.all('Notes')).toHaveLength(3)
      expect(await automated.all('Communication')).toHaveLength(3)
      const again = await automated.run(NAME)
      expect([again.report?.changed, again.report?.skipped]).toEqual([
        0,
        { 'in time': 1, 'the level is reached already': 3 },
      ])
      expect(await automated.all('Communication')).toHaveLength(3)
    },
  )

  it('leaves a record alone that people changed between the look and the write, and comes back to it', async () => {
    const automated = await start()
    await addOverdue(automated)
    const { pipe, emulator } = automated
    const crm = {
      ...pipe.crm,
      entity: ((name: string) => {
        const client = pipe.crm.entity(name)
        const get = async (key: string) => {
          await changeCrm(emulator, `Cases('${key}')`, { case_stage: 'Investigating' })
          return client.get(key)
        }
        return name === 'Cases' ? { ...client, get } : client
      }) as typeof pipe.crm.entity,
    }
    const first = await runAutomation(NAME, { ...pipe, crm }, minute(), { byHand: true })
    expect(first.report).toMatchObject({ changed: 0, skipped: { 'people were faster': 1 } })
    expect(await priorities(automated)).toEqual(['Normal'])
    expect(await automated.all('Notes')).toHaveLength(0)
    automated.advance(60_000)
    expect((await automated.run(NAME)).report).toMatchObject({ changed: 1 })
    expect(await priorities(automated)).toEqual(['High'])
  })

  it('parks a record the CRM refuses alone and goes on', async () => {
    const automated = await start()
    const [first, second] = await addOverdue(automated, 2)
    const fault = { kind: 'status', status: 422, when: 'before-commit' }
    await breakCrm(automated.emulator, { resource: 'Cases', method: 'PATCH', fault })
    const { state, report } = await automated.run(NAME)
    expect([state, report?.changed, report?.failed]).toEqual(['finished', 1, 1])
    const events = await Promise.all(
      [first, second].map((id) => automated.pipe.ledger.load(`automation.${NAME}:${id}:level-1`)),
    )
    expect(events.map((event) => event?.record.state)).toEqual(['parked', 'done'])
  })

  it('pauses while the CRM is away and goes on at its cursor', async () => {
    const automated = await start()
    await addOverdue(automated, 2)
    await breakCrm(automated.emulator, {
      resource: 'Cases',
      times: 50,
      fault: { kind: 'reset', when: 'before-commit' },
    })
    expect((await automated.run(NAME)).state).toBe('paused')
    expect(automated.runs).toEqual([{ automation: NAME, delayMs: 60_000 }])
    await mendCrm(automated.emulator)
    automated.advance(120_000)
    const { state, report } = await automated.run(NAME, {})
    expect([state, report?.changed]).toEqual(['finished', 2])
  })

  it('stops and names the field that the user may not see', async () => {
    const automated = await start()
    await addOverdue(automated)
    await limitUser(automated.emulator, { hidden: ['case_slacloseby'] })
    const { state, why } = await automated.run(NAME)
    expect([state, why]).toEqual(['stopped', expect.stringMatching(/case_slacloseby/)])
    expect(automated.metrics).toContainEqual({ name: 'stopped', value: 1 })
    expect(await loadAutomation(automated.pipe.ledger.store, NAME)).toMatchObject({
      finished: { stopped: why },
    })
  })

  it('stops and names the entity that the CRM does not have', async () => {
    const automated = await start()
    const entities = async (name: string) => ({ ...(await automated.pipe.entities(name)), fields: [] })
    const pipe = { ...automated.pipe, entities }
    const { state, why } = await runAutomation(NAME, pipe, minute(), { byHand: true })
    expect([state, why]).toEqual(['stopped', `${NAME}: case_status is not a field of Cases`])
  })

  it('ends after as many changes as are wanted', async () => {
    const automated = await start()
    await addOverdue(automated, 3)
    const { state, report } = await automated.run(NAME, { byHand: true, limit: 2 })
    expect([state, report?.changed]).toEqual(['finished', 2])
  })
})

describe('a window', () => {
  it('is begun at its time, once', async () => {
    const automated = await start()
    await addOverdue(automated)
    expect((await automated.run(NAME, {})).state).toBe('not-due')
    automated.setClock('2026-11-30T11:00:01Z')
    expect((await automated.run(NAME, {})).state).toBe('finished')
    expect((await automated.run(NAME, {})).state).toBe('not-due')
    automated.setClock('2026-11-30T15:30:00Z')
    expect((await automated.run(NAME, {})).state).toBe('finished')
    expect((await automated.run(NAME, {})).state).toBe('not-due')
  })

  it('does not begin while an earlier one is worked on', async () => {
    const automated = await start()
    await addOverdue(automated)
    const outcomes = await Promise.all([automated.run(NAME), automated.run(NAME)])
    expect(outcomes.map(({ state }) => state).toSorted()).toEqual(['busy', 'finished'])
  })

  it('is gone on with through the queue when the time is up', async () => {
    const automated = await start()
    await addOverdue(automated, 4)
    const looks = [60_000, 60_000, 60_000, 60_000, 60_000, 60_000]
    const deadline = { remainingMs: () => looks.pop() ?? 0 }
    const { state } = await runAutomation(NAME, automated.pipe, deadline, { byHand: true })
    expect([state, automated.runs]).toEqual(['continues', [{ automation: NAME, delayMs: 0 }]])
    automated.setClock('2026-11-30T12:30:00Z')
    const message = { messageId: '1', body: JSON.stringify({ automation: NAME }) }
    expect(await retryBatch([message], automated.pipe, minute())).toEqual([])
    const { report } = (await loadAutomation(automated.pipe.ledger.store, NAME))?.finished ?? {}
    expect((report?.changed ?? 0) + (report?.waiting ?? 0)).toBe(4)
    for (const { eventId } of automated.queued) await automated.untilFinished(eventId)
    expect(await priorities(automated)).toEqual(['High', 'High', 'High', 'High'])
    expect(await automated.all('Notes')).toHaveLength(4)
  })
})

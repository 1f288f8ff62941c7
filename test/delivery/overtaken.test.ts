import { describe, expect, it } from 'vitest'
import { claimSubject, loadSubject } from '../../lib/delivery/claim.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { addToCrm, allOf, breakCrm } from '../support/crm.ts'
import { FORM, startSteppedPipe } from '../support/stepped-pipe.ts'

const TIME = { remainingMs: () => 60_000 }
const HOUR_MS = 60 * 60_000
const attempt = { at: 0, ms: 1, outcome: 'done', calls: [] }

/** A form that is due; `meanwhile` happens while its plan is made. */
async function dueForm(meanwhile: (id: string, subject: string) => Promise<unknown>) {
  const test = await startSteppedPipe()
  const id = await test.dueForm()
  const { subject } = (await test.load(id)).record
  const { plan } = test.pipe
  const pipe = {
    ...test.pipe,
    plan: (async (...given: Parameters<typeof plan>) => {
      await meanwhile(id, subject)
      return plan(...given)
    }) as unknown as typeof plan,
  }
  const overtaken = {
    kind: 'retry-later',
    notBefore: test.now(),
    reason: { code: 'overtaken', message: 'another worker has the event' },
    by: 'index',
    burns: false,
  }
  return { ...test, pipe, id, subject, overtaken }
}

describe('a delivery', () => {
  it('does not mind that a sweeper moves the wake-up of its event meanwhile', async () => {
    const test = await dueForm(async (id) => test.pipe.ledger.postpone(await test.load(id), test.now() + 5))
    expect(await deliver(test.id, test.pipe, TIME)).toMatchObject({ kind: 'done' })
    expect((await test.load(test.id)).record).toMatchObject({ state: 'done', history: { length: 2 } })
  })

  it('leaves the event to another who has finished it meanwhile', async () => {
    const test = await dueForm(async (id) =>
      test.pipe.ledger.finish(await test.load(id), { bindings: {}, attempt }),
    )
    expect(await deliver(test.id, test.pipe, TIME)).toEqual(test.overtaken)
    expect((await test.load(test.id)).record.history.at(-1)).toEqual(attempt)
  })

  it('stops when another has claimed its subject meanwhile', async () => {
    const test = await dueForm(async (_, subject) => {
      test.pass(HOUR_MS)
      await claimSubject(test.pipe.ledger.store, subject, HOUR_MS)
    })
    const outcome = await deliver(test.id, test.pipe, TIME)
    expect(outcome).toEqual({ ...test.overtaken, notBefore: test.now() })
    expect(await allOf(test.emulator, 'Cases')).toEqual([])
  })

  it('leaves the wait to another who has written the event meanwhile', async () => {
    const test = await dueForm(async () => undefined)
    const { ledger, gate } = test.pipe
    await gate.pause()
    const admit = gate.admit.bind(gate)
    gate.admit = async (instance) => {
      await ledger.postpone(await test.load(test.id), test.now())
      return admit(instance)
    }
    expect(await deliver(test.id, test.pipe, TIME)).toEqual(test.overtaken)
  })

  it('that failed is no part of its subject, whose next try may add what it has to say', async () => {
    const test = await dueForm(async () => undefined)
    const fault = { kind: 'status', status: 500, when: 'before-commit' }
    await breakCrm(test.emulator, { method: 'POST', resource: 'Cases', fault })
    await deliver(test.id, test.pipe, TIME)
    const { streak } = (await test.load(test.id)).record
    expect(streak).toMatchObject({ count: 1 })
    expect((await loadSubject(test.pipe.ledger.store, test.subject))?.applied).toEqual([])
    test.pass(HOUR_MS)
    await test.pipe.gate.pause()
    await deliver(test.id, test.pipe, TIME)
    expect((await test.load(test.id)).record).toMatchObject({ reason: { code: 'paused' }, streak })
  })

  it('is done although the gate cannot be told', async () => {
    const test = await dueForm(async () => undefined)
    test.pipe.gate.succeeded = async () => {
      throw new StoreUnavailableError('away')
    }
    expect(await deliver(test.id, test.pipe, TIME)).toMatchObject({ kind: 'done' })
  })
})

describe('a try', () => {
  it('tells of a company that several records match, by its step and the ids', async () => {
    const { emulator, submit, lines } = await startSteppedPipe()
    const ids = [1, 2].map(() => addToCrm(emulator, 'Company', { comp_name: 'Gatecom Inc.' }))
    const [recordId] = (await Promise.all(ids)).toSorted((one, other) => Number(one) - Number(other))
    const { eventId } = await submit({ ...FORM, company: 'Gatecom Inc.' })
    const found = { eventId, step: 'company', recordId, count: 1 }
    expect(lines).toContainEqual(['warn', 'several records match, the lowest id is taken', found])
  })

  it('looks before its first create unless the ledger is an hour older than the event', async () => {
    for (const [age, looks] of [
      [HOUR_MS - 1, true],
      [HOUR_MS, false],
    ] as const) {
      const began = Date.UTC(2026, 10, 24) - age
      const { submit, load } = await startSteppedPipe({ ledgerBegan: async () => began })
      const { record } = await load((await submit(FORM)).eventId)
      const did = record.history[0]?.calls.map((call) => call.did)
      expect([age, did?.includes('find Cases')]).toEqual([age, looks])
    }
  })

  it('that was answered in part tells the gate that the CRM is there; one that asked nothing tells it nothing', async () => {
    const { pipe, emulator, submit, metrics, now, pass } = await startSteppedPipe({ monotonicMs: () => 7 })
    const fault = { kind: 'status', status: 500, when: 'before-commit' }
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', times: 4, fault })
    for (const index of [1, 2, 3, 4]) await submit({ ...FORM, message: `Message ${index}` })
    expect(metrics.map(({ name }) => name)).not.toContain('breakerOpened')
    const { lastSuccessAt } = await pipe.gate.state()
    pass(HOUR_MS)
    await submit({ ...FORM, _gotcha: 'filled' })
    expect((await pipe.gate.state()).lastSuccessAt).toBe(lastSuccessAt)
    expect(lastSuccessAt).toBeLessThan(now())
  })

  it('takes the time its clock says, and waits for the quarantine of what it left open', async () => {
    const times = { requestTimeoutMs: 600, longestRequestMs: 30_000, sendWindowMs: 1_500 }
    const { emulator, submit, load, now } = await startSteppedPipe({ monotonicMs: () => 7, times })
    const fault = { kind: 'reset', when: 'before-commit' }
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault })
    const { eventId, outcome } = await submit(FORM)
    expect(outcome).toMatchObject({ kind: 'retry-later', notBefore: now() + 1_500 + 600 + 30_000 })
    expect((await load(eventId)).record.history[0]?.ms).toBe(0)
  })
})

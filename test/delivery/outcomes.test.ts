import { describe, expect, it } from 'vitest'
import { deliver } from '../../lib/delivery/deliver.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { tallyOf } from '../../lib/delivery/tally.ts'
import { MissingSecretError } from '../../lib/sources/errors.ts'
import { loadSource } from '../../lib/sources/index.ts'
import type { Source } from '../../lib/sources/source.ts'
import { allOf, breakCrm, requestsTo } from '../support/crm.ts'
import { SQLITE } from '../support/ledger-stores.ts'
import { formRequest } from '../support/pipe.ts'
import { AWAY, FORM, startSteppedPipe as setUp } from '../support/stepped-pipe.ts'
import { startTicketPipe } from '../support/tickets.ts'

const CONTACT = { kind: 'form', name: 'contact' } as const
const TIME = { remainingMs: () => 60_000 }
const REFUSED = { kind: 'status', status: 422, when: 'before-commit' }

describe('what came of a try is in the record of its event', () => {
  it('when it is done: requests with time and result, effects, bindings; it is counted', async () => {
    const { submit, load, metrics, pipe, now } = await setUp()
    const { eventId, outcome } = await submit(FORM)
    const { record } = await load(eventId)
    const [attempt, ...others] = record.history
    expect(others).toEqual([])
    expect(attempt).toMatchObject({ at: now(), outcome: 'done' })
    expect(attempt?.effects).toMatchObject({ case: 'created', person: 'created' })
    expect(attempt?.calls).toContainEqual({ did: 'create Cases', ms: expect.any(Number), result: 'ok' })
    expect(Number.isInteger(attempt?.ms)).toBe(true)
    expect(attempt?.code).toBeUndefined()
    expect(metrics).toEqual([
      { name: 'recorded', value: 1 },
      { name: 'done', value: 1 },
    ])
    const again = await deliver(eventId, pipe, TIME)
    expect(again).toEqual({ kind: 'duplicate', first: outcome })
  })

  it('when it is parked: why, the fields, a fingerprint; it is counted and logged without anything personal', async () => {
    const { submit, load, metrics, lines, emulator, pipe } = await setUp()
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault: REFUSED })
    const { eventId, outcome } = await submit(FORM)
    const { record } = await load(eventId)
    expect(record).toMatchObject({ state: 'parked', fingerprint: expect.stringMatching(/^crm-rejected-/) })
    expect(record.history).toMatchObject([{ outcome: 'parked', code: 'crm-rejected' }])
    expect(record.history[0]?.effects).toBeUndefined()
    expect(metrics.map(({ name }) => name)).toEqual(['recorded', 'parked'])
    expect(lines).toEqual([['error', 'parked', { eventId, instance: 'contact', reason: 'crm-rejected' }]])
    expect(await deliver(eventId, pipe, TIME)).toEqual({ kind: 'duplicate', first: outcome })
  })

  it('when it is ignored, and when its payload was erased', async () => {
    const { submit, load, metrics, pipe, dueForm } = await setUp()
    const { eventId, outcome } = await submit({ ...FORM, _gotcha: 'filled' })
    expect(outcome).toMatchObject({ kind: 'ignored', reason: { message: 'ignored' } })
    expect((await load(eventId)).record.state).toBe('ignored')
    expect(metrics.map(({ name }) => name)).toEqual(['recorded', 'ignored'])
    const erased = await dueForm()
    await pipe.ledger.receipts.erase(erased, 0)
    expect(await deliver(erased, pipe, TIME)).toEqual({
      kind: 'ignored',
      reason: { code: 'payload-erased', message: 'ignored' },
    })
  })

  it('when it waits: a try that burned, and the run of the same error', async () => {
    const { submit, load, metrics, emulator, now } = await setUp()
    const fault = { kind: 'status', status: 500, when: 'before-commit' }
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault })
    const { eventId } = await submit(FORM)
    const streak = { on: 'create Cases 500', count: 1, since: now() }
    expect((await load(eventId)).record).toMatchObject({ state: 'waiting', attempts: 1, streak })
    expect(metrics.map(({ name }) => name)).toEqual(['recorded', 'retried'])
  })

  it('when it is out of date', async () => {
    const { send } = await startTicketPipe(SQLITE)
    await send({ ticket: '1', version: '2', subject: 'new' })
    expect(await send({ ticket: '1', version: '1', subject: 'old' })).toMatchObject({
      kind: 'stale',
      reason: { code: 'stale' },
    })
  })
})

describe('the gate', () => {
  it('hears of each try whether the CRM is there; the third in vain opens the breaker, which is counted', async () => {
    const { pipe, emulator, submit, metrics, now } = await setUp()
    await breakCrm(emulator, { times: 3, fault: AWAY })
    for (const index of [1, 2, 3]) await submit({ ...FORM, message: `Message ${index}` })
    expect(metrics.filter(({ name }) => name === 'breakerOpened')).toEqual([
      { name: 'breakerOpened', value: 1 },
    ])
    expect((await pipe.gate.state()).breaker.state).toBe('open')
    expect((await tallyOf(pipe.ledger.store, now())).outages).toBe(1)
  })

  it('takes a refusal for an answer, and what is done for a success', async () => {
    const { pipe, emulator, submit, now, pass } = await setUp()
    await pipe.gate.failed()
    await pipe.gate.failed()
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault: REFUSED })
    await submit(FORM)
    await pipe.gate.failed()
    await pipe.gate.failed()
    expect((await pipe.gate.state()).breaker.state).toBe('closed')
    expect((await pipe.gate.state()).lastSuccessAt).toBe(now())
    pass(60_000)
    await submit({ ...FORM, message: 'And cables.' })
    expect((await pipe.gate.state()).lastSuccessAt).toBe(now())
  })

  it('is locked by a refused password', async () => {
    const { pipe, emulator, submit } = await setUp()
    await breakCrm(emulator, { fault: { kind: 'status', status: 401, when: 'before-commit' } })
    await submit(FORM)
    expect((await pipe.gate.state()).breaker.state).toBe('locked')
  })
})

describe('what is received', () => {
  const slow = (source: Source): Source => ({ ...source, inlineBudgetMs: 0 })

  it('is answered first where the sender does not wait', async () => {
    const { pipe, emulator, now } = await setUp({ loadSource: async (name) => slow(await loadSource(name)) })
    const { outcome } = await receive(formRequest(FORM), CONTACT, pipe, TIME)
    expect(outcome).toEqual({
      kind: 'retry-later',
      notBefore: now(),
      reason: { code: 'answered-first', message: 'the sender waits for nothing but the receipt' },
      by: 'message',
      burns: false,
    })
    expect(await requestsTo(emulator)).toBe(0)
  })

  it('and stored is safe, though the ledger fails then', async () => {
    const { pipe, lines, load, now } = await setUp()
    pipe.gate.admit = async () => {
      throw new StoreUnavailableError('away')
    }
    const { eventId, outcome } = await receive(formRequest(FORM), CONTACT, pipe, TIME)
    const message = 'the ledger failed after the receipt was stored'
    expect(outcome).toMatchObject({
      kind: 'retry-later',
      notBefore: now(),
      reason: { code: 'ledger', message },
    })
    expect(lines).toEqual([['error', message, { eventId, errorName: 'StoreUnavailableError' }]])
    expect((await load(eventId)).record.state).toBe('received')
  })

  it('again is a duplicate with what came of the first, and is counted as one', async () => {
    const { pipe, submit, metrics, emulator, now } = await setUp()
    const first = await submit(FORM)
    const second = await submit(FORM)
    expect(second).toMatchObject({
      eventId: first.eventId,
      outcome: { kind: 'duplicate', first: first.outcome },
    })
    expect(metrics.map(({ name }) => name)).toEqual(['recorded', 'done'])
    expect((await tallyOf(pipe.ledger.store, now())).duplicates).toBe(1)
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
  })

  it('by an instance whose secrets have no value is refused, counted and not stored', async () => {
    const { pipe, metrics } = await setUp()
    const forgotten = receive(formRequest(FORM), { kind: 'form', name: 'forgotten' }, pipe, TIME)
    await expect(forgotten).rejects.toThrow(
      new MissingSecretError('"forgotten" names secrets and none has a value'),
    )
    expect(metrics).toEqual([{ name: 'refused', value: 1 }])
    expect(await Array.fromAsync(pipe.ledger.events())).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { claimSubject } from '../../lib/delivery/claim.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { LEASE_MARGIN_MS } from '../../lib/delivery/limits.ts'
import { Slots, slotsTaken } from '../../lib/delivery/slots.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { normalizeKey } from '../../lib/values/text.ts'
import { requestsTo } from '../support/crm.ts'
import { startPipe } from '../support/pipe.ts'
import { FORM, startSteppedPipe as setUp } from '../support/stepped-pipe.ts'

const TIME = { remainingMs: () => 60_000 }

describe('an event is not tried', () => {
  it('when there is none, or it waits for a later time; a message that is early by a clock comes again', async () => {
    const { pipe, dueForm, load, now, emulator } = await setUp()
    expect(await deliver('nobody', pipe, TIME)).toEqual({ kind: 'duplicate', first: undefined })
    const id = await dueForm()
    const reason = { code: 'crm-busy', message: 'busy' }
    const before = await requestsTo(emulator)
    for (const [ms, by] of [
      [5_000, 'message'],
      [5_001, 'index'],
    ] as const) {
      const notBefore = now() + ms
      await pipe.ledger.wait(await load(id), { notBefore, reason, burns: false, by: 'message' })
      const outcome = await deliver(id, pipe, TIME)
      expect(outcome).toEqual({ kind: 'retry-later', notBefore, reason, by, burns: false })
    }
    expect(await requestsTo(emulator)).toBe(before)
  })

  it('while people have paused it: it is put off, and says so each time', async () => {
    const { pipe, dueForm, load, now, pass, wakeAt } = await setUp()
    const id = await dueForm()
    await pipe.gate.pause()
    const paused = () => ({
      kind: 'retry-later',
      notBefore: now() + 60_000,
      reason: { code: 'paused', message: 'people have paused it' },
      by: 'index',
      burns: false,
    })
    expect(await deliver(id, pipe, TIME)).toEqual(paused())
    expect(await wakeAt(id)).toBe(now() + 60_000)
    pass(60_000)
    expect(await deliver(id, pipe, TIME)).toEqual(paused())
    expect((await load(id)).record).toMatchObject({ notBefore: now() + 60_000, deferrals: 3 })
  })

  it('while the CRM is away or refuses the password: it stays due, and says so once', async () => {
    const { pipe, dueForm, load, now, wakeAt } = await setUp()
    const id = await dueForm()
    for (const [code, message] of [
      ['crm-unavailable', 'the CRM does not answer at present'],
      ['crm-credentials', 'the CRM refused our user and password'],
    ] as const) {
      if (code === 'crm-credentials') await pipe.gate.lock()
      else for (const _ of [1, 2, 3]) await pipe.gate.failed()
      const outcome = await deliver(id, pipe, TIME)
      const reason = { code, message }
      expect(outcome).toEqual({ kind: 'retry-later', notBefore: now(), reason, by: 'index', burns: false })
      const said = await load(id)
      await pipe.ledger.postpone(said, now() + 5)
      expect(await deliver(id, pipe, TIME)).toEqual(outcome)
      expect((await load(id)).record.deferrals).toBe(said.record.deferrals)
      expect(await wakeAt(id)).toBe(now())
    }
  })

  it('while all slots are taken: one message comes for it, and it is due besides', async () => {
    const { pipe, dueForm, now } = await setUp()
    const { store } = pipe.ledger
    const others = new Slots({
      store,
      count: pipe.slots.count,
      random: () => 0,
      sleep: async () => undefined,
    })
    const id = await dueForm()
    for (let slot = 0; slot < others.count; slot += 1) await others.take(600_000)
    const reason = { code: 'no-slot', message: 'as many deliveries are under way as the CRM is given' }
    const due = { kind: 'retry-later', notBefore: now(), reason, by: 'index', burns: false }
    expect(await deliver(id, pipe, TIME)).toEqual({ ...due, messageAfterMs: 1_000 })
    expect(await deliver(id, pipe, TIME)).toEqual(due)
  })

  it('while another has its subject: a moment later, or when that lease ends', async () => {
    const { pipe, dueForm, now, pass, load } = await setUp()
    const id = await dueForm()
    const reason = { code: 'busy', message: 'another worker has the subject' }
    const busy = { kind: 'retry-later', reason, by: 'message', burns: false }
    const { subject } = (await load(id)).record
    await claimSubject(pipe.ledger.store, subject, 60_000)
    const soon = now() + 1_000
    expect(await deliver(id, pipe, TIME)).toEqual({ ...busy, notBefore: soon })
    pass(59_900)
    expect(await deliver(id, pipe, TIME)).toEqual({ ...busy, notBefore: now() + 100 })
  })
})

describe('a slot', () => {
  it('is taken for as long as the delivery may take, and given back whatever comes of it', async () => {
    const { pipe, dueForm } = await setUp()
    const id = await dueForm()
    const leases: number[] = []
    const take = pipe.slots.take.bind(pipe.slots)
    pipe.slots.take = async (leaseMs, waitMs) => {
      leases.push(leaseMs)
      return take(leaseMs, waitMs)
    }
    const load = pipe.ledger.store.get
    pipe.ledger.store.get = async (key) => {
      if (key.startsWith('receipt#')) throw new StoreUnavailableError('away')
      return load.call(pipe.ledger.store, key)
    }
    await expect(deliver(id, pipe, TIME)).rejects.toThrow(StoreUnavailableError)
    expect(leases).toEqual([60_000 + LEASE_MARGIN_MS])
    expect(await slotsTaken(pipe.ledger.store)).toBe(0)
  })

  it('that the caller has stays the caller’s', async () => {
    const { pipe, dueForm } = await setUp()
    const id = await dueForm()
    const held = await pipe.slots.take(60_000)
    expect(await deliver(id, pipe, TIME, held)).toMatchObject({ kind: 'done' })
    expect(await slotsTaken(pipe.ledger.store)).toBe(1)
  })
})

it('a form that needs a person another is about to make asks the ledger again, not the CRM', async () => {
  const { pipe, emulator, submit, advance } = await startPipe()
  const until = pipe.ledger.store.now() + 60_000
  const other = { subject: 'contact:other', as: 'person' }
  const key = `person:${normalizeKey(FORM.email)}`
  await pipe.naturalKeys.own(key, { ...other, until })
  const { eventId, outcome } = await submit(FORM)
  expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'held' } })
  const before = await requestsTo(emulator)
  advance(5_000)
  expect(await deliver(eventId, pipe, TIME)).toMatchObject({ reason: { code: 'held' } })
  expect(await requestsTo(emulator)).toBe(before)
  await pipe.naturalKeys.settle(key, other, null)
  advance(5_000)
  expect(await deliver(eventId, pipe, TIME)).toMatchObject({ kind: 'done' })
})

import { describe, expect, it } from 'vitest'
import { drain } from '../../lib/delivery/drain.ts'
import { LEASE_MARGIN_MS } from '../../lib/delivery/limits.ts'
import { slotsTaken } from '../../lib/delivery/slots.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { handOn, takeDue, wakeAnother, wakeMany } from '../../lib/delivery/wake.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { minute, startPipe } from '../support/pipe.ts'

const AWAY = { kind: 'status', status: 503, retryAfterS: 1, when: 'before-commit' }
const HOUR_MS = 60 * 60_000
const form = (index: number) => ({ name: 'Maeve Murphy', message: `Message ${index}` })

/** The pipe with forms that are due, while the CRM is there. */
async function due(forms: number) {
  const test = await startPipe()
  const ids: string[] = []
  for (let index = 0; index < forms; index += 1) {
    await breakCrm(test.emulator, { fault: AWAY })
    ids.push((await test.submit(form(index))).eventId)
    await test.pipe.gate.succeeded()
  }
  test.queued.length = 0
  test.advance(HOUR_MS)
  const { ledger } = test.pipe
  const states = async () => Promise.all(ids.map(async (id) => (await ledger.load(id))?.record.state))
  const wakeAt = async (id = '') => (await ledger.store.get(`event#${id}`))?.wakeAt
  return { ...test, ids, states, wakeAt }
}

describe('draining', () => {
  it('delivers what is due and gives its slot back', async () => {
    const { pipe, emulator, states, queued } = await due(2)
    expect(await drain(pipe, minute())).toBe(1)
    expect((await states()).toSorted()).toEqual(['done', 'waiting'])
    expect(queued.map(({ delayMs }) => delayMs)).toEqual([0])
    expect(await slotsTaken(pipe.ledger.store)).toBe(0)
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
  })

  it('takes no slot when nothing is due, or the time is short', async () => {
    const { pipe } = await due(0)
    const taken: number[] = []
    const slots = Object.assign(Object.create(pipe.slots), {
      take: async (leaseMs: number) => void taken.push(leaseMs),
    })
    const over = { ...pipe, slots }
    expect(await drain(over, minute())).toBe(0)
    const { pipe: busy } = await due(1)
    const enough = busy.times.requestTimeoutMs + 5_000
    expect(await drain({ ...busy, slots }, { remainingMs: () => enough - 1 })).toBe(0)
    expect(taken).toEqual([])
    expect(await drain({ ...busy, slots }, { remainingMs: () => enough })).toBe(0)
    expect(taken).toEqual([enough + LEASE_MARGIN_MS])
  })

  it('leaves everything due where there is no slot', async () => {
    const { pipe, ids, wakeAt } = await due(1)
    const before = await wakeAt(ids[0])
    await Promise.all(Array.from({ length: pipe.slots.count }, () => pipe.slots.take(60_000)))
    expect(
      await drain({ ...pipe, slots: Object.assign(Object.create(pipe.slots), { take: none }) }, minute()),
    ).toBe(0)
    expect(await wakeAt(ids[0])).toBe(before)
  })

  it('ends when the gate closes, and what it had looked for is due at once', async () => {
    const { pipe, emulator, states } = await due(4)
    await breakCrm(emulator, { times: 9, fault: AWAY })
    await pipe.gate.failed()
    await pipe.gate.failed()
    const count = await drain(pipe, minute())
    expect(count).toBe(1)
    expect(await states()).toEqual(Array(4).fill('waiting'))
    // One was tried, one was found out to be in vain, and one was handed to another worker.
    const left = await pipe.ledger.listDue(9)
    expect(left.length).toBeGreaterThanOrEqual(2)
  })

  it('hears of a ledger that fails while it looks ahead, and its slot is free again', async () => {
    const { pipe } = await due(3)
    const take = pipe.ledger.takeDue.bind(pipe.ledger)
    let looks = 0
    pipe.ledger.takeDue = async (...how) => {
      looks += 1
      if (looks === 3) throw new StoreUnavailableError('away')
      return take(...how)
    }
    await expect(drain(pipe, minute())).rejects.toThrow(StoreUnavailableError)
    expect(await slotsTaken(pipe.ledger.store)).toBe(0)
  })
})

describe('what is due', () => {
  it('is taken from among twice as many as there are slots', async () => {
    const { pipe } = await due(1)
    let asked = 0
    const listDue = pipe.ledger.store.listDue.bind(pipe.ledger.store)
    pipe.ledger.store.listDue = async (until, limit) => {
      asked = limit
      return listDue(until, limit)
    }
    await takeDue(pipe)
    expect(asked).toBe(2 * pipe.slots.count)
  })

  it('is handed to another worker by a message that comes at once, once a minute at most', async () => {
    const { pipe, queued, ids, wakeAt } = await due(1)
    await wakeAnother(pipe)
    await wakeAnother(pipe)
    const [eventId = ''] = ids
    expect(queued).toEqual([{ eventId, delayMs: 0 }])
    const minuteFromNow = pipe.ledger.store.now() + 60_000
    expect(Math.abs(((await wakeAt(eventId)) ?? 0) - minuteFromNow)).toBeLessThan(5_000)
    const event = await pipe.ledger.load(eventId)
    if (event !== undefined) await handOn(pipe, event)
    expect(queued).toHaveLength(2)
  })

  it('is woken ten at a time, each once, no more than asked for, though another does so at the same moment', async () => {
    const { pipe, queued, ids, wakeAt } = await due(12)
    const both = await Promise.all([wakeMany(pipe, 11), wakeMany(pipe, 11)])
    expect(both.map(({ due: found }) => found.length)).toEqual([11, 11])
    expect(both.reduce((sum, { sent }) => sum + sent, 0)).toBe(11)
    expect(new Set(queued.map(({ eventId }) => eventId)).size).toBe(11)
    expect(queued).toHaveLength(11)
    const woken = await Promise.all(ids.map(wakeAt))
    expect(woken.filter((at) => (at ?? 0) > pipe.ledger.store.now())).toHaveLength(11)
  })
})

async function none(): Promise<undefined> {
  return undefined
}

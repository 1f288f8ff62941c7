import { describe, expect, it } from 'vitest'
import { allOf, breakCrm, changeCrm, deleteFromCrm, requestsTo, untilIdle } from '../support/crm.ts'
import { LEDGER_STORES } from '../support/ledger-stores.ts'
import { type Delivery, startTicketPipe, type TicketPipe } from '../support/tickets.ts'

const FIRST = { ticket: '7', version: '1', subject: 'Forty routers', priority: 'Normal' }
const SECOND = { ticket: '7', version: '2', subject: 'Fifty routers', priority: 'High' }
const CANCELLED = { ticket: '7', fact: 'cancelled' }
const DAY_MS = 24 * 60 * 60_000

/** What a salesperson sees of the only case and its only note. */
async function seen({ emulator }: TicketPipe) {
  const [record, ...others] = await allOf(emulator, 'Cases')
  const [note, ...otherNotes] = await allOf(emulator, 'Notes')
  expect([others, otherNotes]).toEqual([[], []])
  return {
    subject: record?.['Case_Description'],
    priority: record?.['Case_Priority'],
    status: record?.['Case_Status'],
    note: String(note?.['Note_Note']).split('\n', 1)[0],
  }
}

async function theCase({ emulator }: TicketPipe): Promise<string> {
  return `Cases('${(await allOf(emulator, 'Cases'))[0]?.['$key']}')`
}

const LATEST = {
  subject: 'Fifty routers',
  priority: 'High',
  status: 'Closed',
  note: 'facts: cancelled',
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]]
  return list.flatMap((first) =>
    permutations(list.filter((one) => one !== first)).map((rest) => [first, ...rest]),
  )
}

describe.each(LEDGER_STORES)('a subject on $name', (on) => {
  it.each(permutations([FIRST, SECOND, CANCELLED]).map((order) => [order.map(nameOf).join(', '), order]))(
    'ends in the same state when its events arrive as %s',
    async (_, order) => {
      const pipe = await startTicketPipe(on)
      for (const delivery of order as Delivery[]) await pipe.send(delivery)
      expect(await seen(pipe)).toEqual(LATEST)
    },
  )

  it('ends in the same state when they arrive at the same moment', async () => {
    const pipe = await startTicketPipe(on)
    const received = await Promise.all([CANCELLED, SECOND, FIRST].map((one) => pipe.receive(one)))
    for (const { eventId, outcome } of received)
      if (outcome.kind === 'retry-later') await pipe.untilFinished(eventId)
    expect(await seen(pipe)).toEqual(LATEST)
  })

  it('takes an older snapshot for stale, and one of the same version with other content for news', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(SECOND)
    expect(await pipe.send(FIRST)).toMatchObject({ kind: 'stale' })
    await pipe.send({ ...SECOND, subject: 'Sixty routers' })
    expect((await seen(pipe)).subject).toBe('Sixty routers')
  })

  it('counts a fact that comes before any snapshot', async () => {
    const pipe = await startTicketPipe(on)
    expect(await pipe.send(CANCELLED)).toMatchObject({ kind: 'done', bindings: {} })
    await pipe.send(FIRST)
    expect((await seen(pipe)).status).toBe('Closed')
  })

  it('still knows its records and its facts when the payloads have gone', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    await pipe.send(CANCELLED)
    pipe.advance(60 * DAY_MS)
    expect((await pipe.receive(FIRST)).outcome).toMatchObject({ kind: 'duplicate' })
    await pipe.send(SECOND)
    expect(await seen(pipe)).toEqual(LATEST)
  })

  it('takes a fact that comes when the snapshot’s payload has gone, and loses nothing', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    pipe.advance(60 * DAY_MS)
    expect(await pipe.send(CANCELLED)).toMatchObject({ kind: 'done' })
    expect((await seen(pipe)).status).toBe('In Progress')
    await pipe.send(SECOND)
    expect(await seen(pipe)).toEqual(LATEST)
  })
})

describe.each(LEDGER_STORES)('an update on $name', (on) => {
  it('writes what is new and asks for nothing when nothing is', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    expect(await pipe.send(SECOND)).toMatchObject({ effects: { case: 'updated', note: 'unchanged' } })
    const before = await requestsTo(pipe.emulator)
    const again = await pipe.send({ ...SECOND, version: '3' })
    expect(again).toMatchObject({ effects: { case: 'unchanged', note: 'unchanged' } })
    expect(await requestsTo(pipe.emulator)).toBe(before)
  })

  it('leaves alone what people have changed, and says so', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    await changeCrm(pipe.emulator, await theCase(pipe), { Case_Priority: 'Low' })
    const outcome = await pipe.send(SECOND)
    expect(outcome).toMatchObject({ effects: { case: "updated, people's: case_priority" } })
    expect(await seen(pipe)).toMatchObject({ subject: 'Fifty routers', priority: 'Low' })
    await pipe.send({ ...SECOND, version: '3', subject: 'Sixty routers' })
    expect(await seen(pipe)).toMatchObject({ subject: 'Sixty routers', priority: 'Low' })
  })

  it.each([
    { kind: 'reset', when: 'before-commit' },
    { kind: 'reset', when: 'after-commit' },
    { kind: 'status', status: 500, when: 'before-commit' },
    { kind: 'late-commit', ms: 50 },
  ])('is made once it is clear what became of the first try: %j', async (fault) => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    await breakCrm(pipe.emulator, { method: 'PATCH', resource: 'Cases', fault })
    const { eventId, outcome } = await pipe.receive(SECOND)
    expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'crm-unclear' } })
    await untilIdle(pipe.emulator)
    expect(await pipe.untilFinished(eventId)).toMatchObject({ kind: 'done' })
    expect(await seen(pipe)).toMatchObject({ subject: 'Fifty routers', priority: 'High' })
  })

  it('does not pass a write that may still be under way', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    const fault = { kind: 'reset', when: 'after-commit' }
    await breakCrm(pipe.emulator, { method: 'PATCH', resource: 'Cases', fault })
    await pipe.receive(SECOND)
    const third = await pipe.receive({ ...SECOND, version: '3', subject: 'Sixty routers' })
    expect(third.outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'quarantine' } })
    expect(await pipe.untilFinished(third.eventId)).toMatchObject({ kind: 'done' })
    expect(await seen(pipe)).toMatchObject({ subject: 'Sixty routers' })
  })

  it('ends as the latest snapshot says when the answer to the create of an earlier one was lost', async () => {
    const pipe = await startTicketPipe(on)
    const fault = { kind: 'reset', when: 'after-commit' }
    await breakCrm(pipe.emulator, { method: 'POST', resource: 'Cases', fault })
    const first = await pipe.receive(FIRST)
    expect(first.outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'crm-unclear' } })
    const second = await pipe.receive(SECOND)
    expect(await pipe.untilFinished(second.eventId)).toMatchObject({ kind: 'done' })
    expect(await pipe.untilFinished(first.eventId)).toMatchObject({ kind: 'stale' })
    expect(await seen(pipe)).toMatchObject({ subject: 'Fifty routers', priority: 'High' })
  })

  it('knows a value as its own, whichever of several lost updates left it there', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    const breakUpdate = (fault: object) =>
      breakCrm(pipe.emulator, { method: 'PATCH', resource: 'Cases', fault })
    await breakUpdate({ kind: 'reset', when: 'after-commit' })
    await pipe.receive(SECOND)
    const third = await pipe.receive({ ...SECOND, version: '3', subject: 'Sixty routers' })
    await breakUpdate({ kind: 'status', status: 500, when: 'before-commit' })
    expect(await pipe.untilFinished(third.eventId)).toMatchObject({ kind: 'done' })
    expect(await seen(pipe)).toMatchObject({ subject: 'Sixty routers' })
  })

  it('keeps the marker of a note whose text it changes', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    const marker = (note: unknown) => String(note).trim().split('\n').at(-1)
    const [before] = await allOf(pipe.emulator, 'Notes')
    await pipe.send(CANCELLED)
    const [after] = await allOf(pipe.emulator, 'Notes')
    expect(marker(after?.['Note_Note'])).toBe(marker(before?.['Note_Note']))
    expect(marker(after?.['Note_Note'])).toMatch(/^sf[a-z2-7]{26}$/)
  })
})

describe.each(LEDGER_STORES)('a record that people deleted on $name', (on) => {
  it('is not made again, nor is what belongs to it', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    await deleteFromCrm(pipe.emulator, await theCase(pipe))
    expect(await pipe.send(SECOND)).toMatchObject({
      kind: 'done',
      effects: { case: 'removed', note: 'skipped' },
    })
    expect(await pipe.send({ ...SECOND, version: '3' })).toMatchObject({ effects: { case: 'removed' } })
    expect(await allOf(pipe.emulator, 'Cases')).toEqual([])
  })

  it('is noticed by a redrive, and made again only by one that is told to', async () => {
    const pipe = await startTicketPipe(on)
    await pipe.send(FIRST)
    expect(await pipe.redrive(FIRST)).toMatchObject({ effects: { case: 'unchanged', note: 'unchanged' } })
    await deleteFromCrm(pipe.emulator, await theCase(pipe))
    expect(await pipe.redrive(FIRST)).toMatchObject({ effects: { case: 'removed', note: 'skipped' } })
    expect(await allOf(pipe.emulator, 'Cases')).toEqual([])
    expect(await pipe.redrive(FIRST, 'recreate')).toMatchObject({
      effects: { case: 'created', note: 'created' },
    })
    expect(await allOf(pipe.emulator, 'Cases')).toHaveLength(1)
  })
})

function nameOf(delivery: Delivery): string {
  return delivery.fact ?? `version ${delivery.version}`
}

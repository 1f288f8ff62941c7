import { describe, expect, it, vi } from 'vitest'
import { deliver } from '../../lib/delivery/deliver.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { allOf, breakCrm, readCrm, requestsTo, untilIdle } from '../support/crm.ts'
import { LEDGER_STORES } from '../support/ledger-stores.ts'
import { formRequest, minute, startPipe } from '../support/pipe.ts'

const FORM = {
  name: 'Maeve Murphy',
  email: 'maeve@example.com',
  company: 'Gatecom Inc.',
  subject: 'Quote',
  message: 'Forty routers, please.',
}

/** Every way in which a create can fail without anybody knowing whether it was committed. */
const AMBIGUOUS = [
  { kind: 'reset', when: 'before-commit' },
  { kind: 'reset', when: 'after-commit' },
  { kind: 'status', status: 500, when: 'before-commit', body: 'html' },
  { kind: 'status', status: 500, when: 'after-commit', body: 'empty' },
  { kind: 'status', status: 503, when: 'after-commit', body: 'html' },
  { kind: 'late-commit', ms: 100 },
  { kind: 'hang' },
] as const

describe.each(LEDGER_STORES)('a delivered form on $name', (on) => {
  it('is one case, linked to its company and person, with a note', async () => {
    const { emulator, submit } = await startPipe({ on })
    const { outcome } = await submit(FORM)
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
    const { case: record, person, company } = outcome.bindings
    const found = await readCrm(emulator, `Cases('${record?.id}')`)
    expect(found).toMatchObject({
      Case_Description: 'Quote',
      Case_PrimaryPersonId: Number(person?.id),
      Case_PrimaryCompanyId: Number(company?.id),
    })
    const [note, ...others] = await allOf(emulator, 'Notes')
    expect(others).toEqual([])
    expect(String(note?.['Note_Note'])).toContain('message: Forty routers, please.')
  })

  it.each(['2019R2', '2022R2', '2024R2', 'strict-sdata'] as const)(
    'is there once in a CRM of dialect %s, also when the answer to its case is lost',
    async (dialect) => {
      const { emulator, submit, untilFinished } = await startPipe({ on, dialect })
      const fault = { kind: 'reset', when: 'after-commit' }
      await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault })
      const { eventId } = await submit(FORM)
      expect(await untilFinished(eventId)).toMatchObject({ kind: 'done' })
      await submit({ ...FORM, message: 'And cables.' })
      const counts = ['Company', 'Person', 'Cases', 'Notes'].map((entity) => allOf(emulator, entity))
      expect((await Promise.all(counts)).map((rows) => rows.length)).toEqual([1, 1, 2, 2])
    },
  )

  it('finds the company and the person it made before', async () => {
    const { emulator, submit } = await startPipe({ on })
    await submit(FORM)
    const { outcome } = await submit({
      ...FORM,
      company: ' gatecom inc. ',
      email: 'MAEVE@example.com',
      message: 'And cables.',
    })
    expect(outcome.kind === 'done' && outcome.bindings['person']?.adopted).toBe(true)
    expect(await allOf(emulator, 'Company')).toHaveLength(1)
    expect(await allOf(emulator, 'Person')).toHaveLength(1)
    expect(await allOf(emulator, 'Cases')).toHaveLength(2)
  })

  it('takes the company of a known person when the form names none', async () => {
    const { emulator, submit } = await startPipe({ on })
    const first = await submit(FORM)
    const { company: _, ...anonymous } = FORM
    const { outcome } = await submit({ ...anonymous, message: 'And cables.' })
    if (outcome.kind !== 'done' || first.outcome.kind !== 'done') throw new Error('not done')
    const record = await readCrm(emulator, `Cases('${outcome.bindings['case']?.id}')`)
    expect(String(record['Case_PrimaryCompanyId'])).toBe(first.outcome.bindings['company']?.id)
  })

  it('is a duplicate when it is sent twice at the same moment', async () => {
    const { emulator, submit } = await startPipe({ on })
    const all = await Promise.all(Array.from({ length: 5 }, () => submit({ ...FORM, submission_id: 'one' })))
    expect(all.map(({ outcome }) => outcome.kind).toSorted()).toEqual(['done', ...Array(4).fill('duplicate')])
    expect(new Set(all.map(({ eventId }) => eventId)).size).toBe(1)
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
  })

  it('shares one new company with the forms that arrive at the same moment', async () => {
    const { emulator, submit, untilFinished } = await startPipe({ on })
    const forms = Array.from({ length: 8 }, (_, index) => submit({ ...FORM, message: `Message ${index}` }))
    const received = await Promise.all(forms)
    for (const { eventId, outcome } of received)
      if (outcome.kind === 'retry-later') await untilFinished(eventId)
    expect(await allOf(emulator, 'Company')).toHaveLength(1)
    expect(await allOf(emulator, 'Person')).toHaveLength(1)
    expect(await allOf(emulator, 'Cases')).toHaveLength(8)
  })

  it('waits while the CRM cannot be reached and is done once when it is back', async () => {
    const { emulator, submit, untilFinished, queued } = await startPipe({ on })
    await breakCrm(emulator, {
      times: 3,
      fault: { kind: 'status', status: 503, retryAfterS: 60, when: 'before-commit' },
    })
    const { eventId, outcome } = await submit(FORM)
    expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'crm-busy' } })
    expect(queued).toEqual([])
    expect(await untilFinished(eventId)).toMatchObject({ kind: 'done' })
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
  })

  for (const resource of ['Company', 'Person', 'Cases', 'Notes']) {
    for (const fault of AMBIGUOUS) {
      const when = 'when' in fault ? ` ${fault.when}` : ''
      it(`is there once after ${fault.kind}${when} while ${resource} was created`, async () => {
        const { emulator, submit, untilFinished } = await startPipe({ on })
        await breakCrm(emulator, { method: 'POST', resource, fault })
        const { eventId, outcome } = await submit(FORM)
        expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'crm-unclear' } })
        await untilIdle(emulator)
        expect(await untilFinished(eventId)).toMatchObject({ kind: 'done' })
        for (const entity of ['Company', 'Person', 'Cases', 'Notes']) {
          expect([entity, await allOf(emulator, entity)]).toEqual([entity, [expect.anything()]])
        }
      })
    }
  }

  it('is not tried again before it may, not even when a second message asks for it', async () => {
    const { emulator, pipe, submit } = await startPipe({ on })
    await breakCrm(emulator, {
      fault: { kind: 'status', status: 503, retryAfterS: 60, when: 'before-commit' },
    })
    const { eventId, outcome } = await submit(FORM)
    expect(await deliver(eventId, pipe, minute())).toEqual({ ...outcome, by: 'index' })
    expect(await allOf(emulator, 'Company')).toEqual([])
  })

  it('is not looked up before the quarantine of its unanswered write has ended', async () => {
    const { emulator, pipe, submit } = await startPipe({ on })
    await breakCrm(emulator, {
      method: 'POST',
      resource: 'Cases',
      fault: { kind: 'reset', when: 'after-commit' },
    })
    const { eventId, outcome } = await submit(FORM)
    if (outcome.kind !== 'retry-later') throw new Error('not waiting')
    expect(outcome.notBefore - pipe.ledger.store.now()).toBeGreaterThan(pipe.times.requestTimeoutMs)
    const waiting = await pipe.ledger.load(eventId)
    if (waiting === undefined) throw new Error('the event is gone')
    await pipe.ledger.redrive(waiting)
    const early = await deliver(eventId, pipe, minute())
    expect(early).toMatchObject({ kind: 'retry-later', reason: { code: 'quarantine' } })
  })

  it('is parked at the first try when the CRM refuses it, and done after a redrive', async () => {
    const { emulator, pipe, submit } = await startPipe({ on })
    await breakCrm(emulator, {
      method: 'POST',
      resource: 'Cases',
      fault: { kind: 'status', status: 422, when: 'before-commit' },
    })
    const { eventId, outcome } = await submit(FORM)
    expect(outcome).toMatchObject({ kind: 'parked', reason: { code: 'crm-rejected' } })
    const parked = await pipe.ledger.load(eventId)
    if (parked === undefined) throw new Error('the event is gone')
    await pipe.ledger.redrive(parked)
    expect(await deliver(eventId, pipe, minute())).toMatchObject({ kind: 'done' })
    expect(await allOf(emulator, 'Company')).toHaveLength(1)
  })

  it('is queued before the write when the time left does not hold a whole request', async () => {
    const { emulator, pipe } = await startPipe({ on })
    const tight = { remainingMs: () => pipe.times.requestTimeoutMs }
    const { outcome } = await receive(formRequest(FORM), { kind: 'form', name: 'contact' }, pipe, tight)
    expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'out-of-time' } })
    expect(await allOf(emulator, 'Company')).toEqual([])
  })

  it('is done, and says so, although a sweeper moved its wake-up while it was at work', async () => {
    const { emulator, pipe, submit } = await startPipe({ on })
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault: { kind: 'latency', ms: 200 } })
    const submitted = submit(FORM)
    const seen = await vi.waitUntil(async () => (await Array.fromAsync(pipe.ledger.events()))[0])
    const event = await pipe.ledger.load(seen.id)
    expect(event && (await pipe.ledger.postpone(event, pipe.ledger.store.now() + 60_000))).toBe(true)
    expect((await submitted).outcome.kind).toBe('done')
    expect((await pipe.ledger.load(seen.id))?.record.state).toBe('done')
  })

  it('never tries a wrong password twice by itself, and goes on when people say so', async () => {
    const { emulator, pipe, submit, untilFinished } = await startPipe({ on })
    await breakCrm(emulator, { fault: { kind: 'status', status: 401, when: 'before-commit' } })
    const { eventId, outcome } = await submit(FORM)
    expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'crm-credentials' }, by: 'index' })
    const before = await requestsTo(emulator)
    const another = await submit({ ...FORM, message: 'And cables.' })
    expect(another.outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'crm-credentials' } })
    expect(await deliver(eventId, pipe, minute())).toMatchObject({ kind: 'retry-later' })
    expect(await requestsTo(emulator)).toBe(before)
    await pipe.gate.resume()
    expect([await untilFinished(eventId), await untilFinished(another.eventId)]).toMatchObject([
      { kind: 'done' },
      { kind: 'done' },
    ])
  })
})

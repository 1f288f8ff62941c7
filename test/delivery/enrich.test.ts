import { describe, expect, it, vi } from 'vitest'
import { deliver } from '../../lib/delivery/deliver.ts'
import { FencedOffError } from '../../lib/delivery/ledger.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { LEDGER_STORES } from '../support/ledger-stores.ts'
import { formRequest, minute } from '../support/pipe.ts'
import { startThinPipe } from '../support/thin-tickets.ts'

const TICKET = { ticket: '7' }
type Pipe = Awaited<ReturnType<typeof startThinPipe>>

async function redrive({ pipe }: Pick<Pipe, 'pipe'>, eventId: string) {
  const event = await pipe.ledger.load(eventId)
  if (event === undefined) throw new Error('there is no such event')
  await pipe.ledger.redrive(event)
  return deliver(eventId, pipe, minute())
}

async function recordOf({ pipe }: Pick<Pipe, 'pipe'>, eventId: string) {
  const event = await pipe.ledger.load(eventId)
  if (event === undefined) throw new Error('there is no such event')
  return event.record
}

describe.each(LEDGER_STORES)('what a thin delivery leaves out, on $name', (on) => {
  it('is fetched once with the configured credential, kept beside the receipt and shown in the history', async () => {
    const thin = await startThinPipe(on)
    const { eventId, outcome } = await thin.submit(TICKET)
    expect(outcome.kind).toBe('done')
    expect(thin.asked).toMatchObject([{ path: '/tickets/7', headers: { authorization: 'Bearer a-token' } }])
    expect(await allOf(thin.emulator, 'Cases')).toMatchObject([{ Case_Description: 'Forty routers' }])
    expect(await thin.verifiedOf(eventId)).toMatchObject({ fetched: { subject: 'Forty routers' } })
    const { ledger } = thin.pipe
    expect(await ledger.receipts.read(eventId, 0)).toEqual({ headers: {}, payload: TICKET })
    expect(await ledger.receipts.history(eventId, 1)).toMatchObject([{ number: 0 }, { fetched: true }])
    const [attempt] = (await recordOf(thin, eventId)).history
    expect(attempt?.calls[0]).toMatchObject({ did: 'fetch thin-ticket', result: 'ok' })
    await redrive(thin, eventId)
    expect(thin.asked).toHaveLength(1)
  })

  it('is asked for again later when the vendor is busy, which is no failure of the CRM', async () => {
    const thin = await startThinPipe(on)
    const before = await thin.pipe.gate.state()
    thin.answer({ status: 429, headers: { 'retry-after': '3600' } })
    const { eventId, outcome } = await thin.submit(TICKET)
    const now = thin.pipe.ledger.store.now()
    expect(outcome).toMatchObject({
      kind: 'retry-later',
      reason: { code: 'vendor-unavailable' },
      burns: false,
    })
    const { notBefore = 0, history } = await recordOf(thin, eventId)
    expect(notBefore - now).toBeGreaterThan(3_500_000)
    expect(history[0]?.calls).toMatchObject([{ did: 'fetch thin-ticket', result: 'VendorUnavailableError' }])
    expect(await thin.pipe.gate.state()).toEqual(before)
    thin.answer('reset')
    thin.advance(notBefore - now + 1)
    expect(await deliver(eventId, thin.pipe, minute())).toMatchObject({ kind: 'retry-later' })
    thin.answer({ body: { subject: 'At last' } })
    expect(await thin.untilFinished(eventId)).toMatchObject({ kind: 'done' })
    expect(await allOf(thin.emulator, 'Cases')).toMatchObject([{ Case_Description: 'At last' }])
  })

  it('parks the event when the vendor refuses; a redrive asks again', async () => {
    const thin = await startThinPipe(on)
    thin.answer({ status: 401 })
    const { eventId, outcome } = await thin.submit(TICKET)
    expect(outcome).toMatchObject({ kind: 'parked', reason: { code: 'vendor-refused' } })
    expect(JSON.stringify(outcome)).toContain('/tickets/7 answered 401')
    expect(await allOf(thin.emulator, 'Cases')).toEqual([])
    thin.answer({ body: { subject: 'Let in' } })
    expect(await redrive(thin, eventId)).toMatchObject({ kind: 'done' })
    expect(await thin.verifiedOf(eventId)).toMatchObject({ fetched: { subject: 'Let in' } })
  })

  it('is left out without a credential; once there is one, a redrive fetches it', async () => {
    const thin = await startThinPipe(on)
    thin.credential(undefined)
    const { eventId } = await thin.submit(TICKET)
    expect(thin.asked).toEqual([])
    expect((await recordOf(thin, eventId)).history[0]?.calls[0]?.did).not.toContain('fetch')
    expect(await allOf(thin.emulator, 'Cases')).toMatchObject([{ Case_Description: 'not told' }])
    thin.credential('a-token')
    await redrive(thin, eventId)
    expect(await thin.verifiedOf(eventId)).toMatchObject({ fetched: { subject: 'Forty routers' } })
  })

  it('is not fetched again after a failure of the CRM, which counts as one', async () => {
    const thin = await startThinPipe(on)
    const fault = { kind: 'reset', when: 'before-commit' }
    await breakCrm(thin.emulator, { method: 'POST', resource: 'Cases', fault })
    const [failed, answered] = [vi.spyOn(thin.pipe.gate, 'failed'), vi.spyOn(thin.pipe.gate, 'answered')]
    const { eventId, outcome } = await thin.submit(TICKET)
    expect(outcome.kind).toBe('retry-later')
    expect([failed.mock.calls.length, answered.mock.calls.length]).toEqual([1, 0])
    expect(await thin.untilFinished(eventId)).toMatchObject({ kind: 'done' })
    expect(thin.asked).toHaveLength(1)
  })

  it('is not asked for when the time left is shorter than the vendor may take', async () => {
    const thin = await startThinPipe(on)
    const hurry = { remainingMs: () => 5_000 }
    const target = { kind: 'form', name: 'contact' } as const
    const { eventId, outcome } = await receive(formRequest(TICKET), target, thin.pipe, hurry)
    expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'out-of-time' } })
    expect(thin.asked).toEqual([])
    expect(await thin.untilFinished(eventId)).toMatchObject({ kind: 'done' })
  })

  it('is fetched for a corrected payload that has lost it, not for one that has it', async () => {
    const thin = await startThinPipe(on)
    thin.answer({ status: 404 })
    const { eventId } = await thin.submit(TICKET)
    const correct = async (fetched: object) => {
      const event = await thin.pipe.ledger.load(eventId)
      if (event === undefined) throw new Error('there is no such event')
      const verified = { headers: {}, payload: { ticket: '8' }, ...fetched }
      await thin.pipe.ledger.redrive(await thin.pipe.ledger.edit(event, verified, 'maeve'))
      return deliver(eventId, thin.pipe, minute())
    }
    thin.answer({ body: { subject: 'Eight' } })
    expect(await correct({})).toMatchObject({ kind: 'done' })
    expect(thin.asked).toMatchObject([{ path: '/tickets/7' }, { path: '/tickets/8' }])
    await correct({ fetched: { subject: 'By hand' } })
    expect(thin.asked).toHaveLength(2)
    expect(await thin.verifiedOf(eventId)).toMatchObject({ fetched: { subject: 'By hand' } })
  })

  it('keeps the event due, and gives way to a correction that was faster', async () => {
    const thin = await startThinPipe(on)
    thin.answer({ status: 503 })
    const { eventId } = await thin.submit(TICKET)
    const { ledger } = thin.pipe
    const event = await ledger.load(eventId)
    if (event === undefined) throw new Error('there is no such event')
    const verified = { headers: {}, payload: TICKET, fetched: { subject: 'Here' } }
    await ledger.postpone(event, ledger.store.now() + 1_000)
    expect((await ledger.addFetched(event, verified)).record.payload).toBe(1)
    await expect(ledger.addFetched(event, verified)).rejects.toThrow(FencedOffError)
    thin.advance(1_001)
    expect((await ledger.listDue(10)).map(({ record }) => record.id)).toEqual([eventId])
  })
})

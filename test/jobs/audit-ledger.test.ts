import { describe, expect, it } from 'vitest'
import { auditLedger } from '../../lib/jobs/audit-ledger.ts'
import { minute, startPipe } from '../support/pipe.ts'

const FORM = { email: 'maeve@example.com', message: 'Forty routers, please.' }
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

describe('the audit of the ledger', () => {
  it('finds that all recorded ids are accounted for', async () => {
    const { pipe, submit, emulator, metrics } = await startPipe()
    await submit(FORM)
    await submit({ ...FORM, _gotcha: 'filled' })
    await emulator.close()
    await submit({ ...FORM, message: 'And cables.' })
    const report = await auditLedger(pipe, minute())
    expect(report).toMatchObject({ recorded: 3, done: 1, ignored: 1, inFlight: 1, imbalance: 0, released: 0 })
    expect(report['oldestUnfinishedMs']).toBeGreaterThan(0)
    expect(metrics).toContainEqual({ name: 'conservationImbalance', value: 0 })
    expect(metrics).toContainEqual({ name: 'oldestUnfinishedMs', value: report['oldestUnfinishedMs'] })
  })

  it('makes an unfinished event due again that nobody would have come back to', async () => {
    const { pipe, submit, emulator, metrics } = await startPipe()
    await emulator.close()
    const { eventId } = await submit(FORM)
    const { store } = pipe.ledger
    const item = await store.get(`event#${eventId}`)
    await store.replace(`event#${eventId}`, item?.version ?? 0, { value: item?.value })
    expect(await auditLedger(pipe, minute())).toMatchObject({ inFlight: 0, imbalance: 1, scheduled: 1 })
    expect(metrics).toContainEqual({ name: 'conservationImbalance', value: 1 })
    expect((await pipe.ledger.listDue(10)).map(({ record }) => record.id)).toEqual([eventId])
    expect(await auditLedger(pipe, minute())).toMatchObject({ inFlight: 1, imbalance: 0, scheduled: 0 })
  })

  it('ends the keeping of a finished event’s payloads, abandoned corrections too, and of no other', async () => {
    const { pipe, submit, advance } = await startPipe()
    const { eventId } = await submit(FORM)
    const { ledger } = pipe
    await ledger.receipts.expire(eventId, 0, undefined)
    await ledger.receipts.edit(eventId, 0, { headers: {}, payload: null }, 'somebody who gave up')
    expect(await auditLedger(pipe, minute())).toMatchObject({ imbalance: 0, released: 2 })
    expect(await auditLedger(pipe, minute())).toMatchObject({ released: 0 })
    advance(31 * DAY_MS)
    expect(await Array.fromAsync(ledger.receipts.all())).toEqual([])
  })

  it('reports a payload without an event, once it is certain that none will come', async () => {
    const { pipe, advance } = await startPipe()
    const { key, write } = await pipe.ledger.receipts.toPut('contact:lost', { headers: {}, payload: null })
    await pipe.ledger.store.putIfAbsent(key, write)
    expect(await auditLedger(pipe, minute())).toMatchObject({ recorded: 0, imbalance: 0, withoutEvent: 0 })
    advance(6 * MINUTE_MS)
    expect(await auditLedger(pipe, minute())).toMatchObject({ recorded: 1, imbalance: 1, withoutEvent: 1 })
    expect((await Array.fromAsync(pipe.ledger.receipts.all())).length).toBe(1)
  })
})

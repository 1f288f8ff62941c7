import { expect, it } from 'vitest'
import { Ledger } from '../../lib/delivery/ledger.ts'
import type { RetryLater } from '../../lib/delivery/outcome.ts'
import { queueRetry } from '../../lib/delivery/retry-queue.ts'
import type { LogFields } from '../../lib/values/log.ts'
import { steppedStore } from '../support/ledger-stores.ts'

const QUARTER_MS = 15 * 60_000

async function setUp(fail?: unknown) {
  const { store } = await steppedStore()
  const sent: [string, number][] = []
  const warnings: [string, LogFields | undefined][] = []
  const queue = {
    send: async (eventId: string, delayMs: number) => {
      if (fail !== undefined) throw fail
      sent.push([eventId, delayMs])
    },
    sendRun: async () => undefined,
  }
  const log = {
    info: () => undefined,
    warn: (message: string, fields?: LogFields) => void warnings.push([message, fields]),
    error: () => undefined,
  }
  const pipe = { queue, log, ledger: new Ledger(store, { payloadDays: 30 }) }
  const wait = (more: Partial<RetryLater>): RetryLater => {
    const reason = { code: 'x', message: 'y' }
    return { kind: 'retry-later', notBefore: store.now(), reason, by: 'message', burns: false, ...more }
  }
  const queued = async (more: Partial<RetryLater>) => {
    sent.length = 0
    await queueRetry(pipe, 'a', wait(more))
    return sent[0]
  }
  return { now: store.now(), queued, warnings, sent, pipe }
}

it('a message comes when the event is due, at once if it is overdue, and within 15 minutes at most', async () => {
  const { now, queued } = await setUp()
  expect(await queued({ notBefore: now + QUARTER_MS })).toEqual(['a', QUARTER_MS])
  expect(await queued({ notBefore: now + QUARTER_MS + 1 })).toBeUndefined()
  expect(await queued({ notBefore: now - 5 })).toEqual(['a', 0])
})

it('an event that is due by itself has a message only if it is told when', async () => {
  const { now, queued } = await setUp()
  expect(await queued({ by: 'index', notBefore: now + 5 })).toBeUndefined()
  expect(await queued({ by: 'index', notBefore: now + 5, messageAfterMs: 2_000 })).toEqual(['a', 2_000])
})

it('what is finished has no message', async () => {
  const { pipe, sent } = await setUp()
  await queueRetry(pipe, 'a', { kind: 'stale', reason: { code: 'stale', message: '' } })
  expect(sent).toEqual([])
})

it.each([
  [new RangeError('no'), 'RangeError'],
  ['no', 'unknown'],
])('a queue that takes nothing is reported with the class of its error: %s', async (fail, errorName) => {
  const { queued, warnings } = await setUp(fail)
  await queued({})
  expect(warnings).toEqual([['the retry queue took no message', { eventId: 'a', errorName }]])
})

import { describe, expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { retryBatch } from '../../lib/delivery/retry-batch.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import type { LogFields } from '../../lib/values/log.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { minute, startPipe } from '../support/pipe.ts'

type Line = readonly [level: string, message: string, fields: LogFields | undefined]

const AWAY = { kind: 'status', status: 503, retryAfterS: 1, when: 'before-commit' }
const form = (index: number) => ({ name: 'Maeve Murphy', message: `Message ${index}` })
const message = (body: unknown, messageId = 'm') => ({ messageId, body: JSON.stringify(body) })

/** The pipe with forms that wait for their messages, and what it logs from then on. */
async function waiting(forms: number) {
  const test = await startPipe()
  if (forms > 0) await breakCrm(test.emulator, { times: forms, fault: AWAY })
  const ids: string[] = []
  for (let index = 0; index < forms; index += 1) ids.push((await test.submit(form(index))).eventId)
  const lines: Line[] = []
  const level = (name: string) => (text: string, fields?: LogFields) => void lines.push([name, text, fields])
  const pipe: Pipe = {
    ...test.pipe,
    log: { info: level('info'), warn: level('warn'), error: level('error') },
  }
  test.queued.length = 0
  return { ...test, pipe, ids, lines }
}

describe('a batch of messages', () => {
  it('delivers its events, says what became of each, and needs none of its messages any more', async () => {
    const { pipe, ids, lines, emulator, advance } = await waiting(2)
    advance(5_000)
    const batch = ids.map((eventId) => message({ eventId }))
    expect(await retryBatch(batch, pipe, minute())).toEqual([])
    expect(await allOf(emulator, 'Cases')).toHaveLength(2)
    const retried = ids.map((eventId) => ['info', 'retried', { eventId, outcome: 'done' }])
    expect(lines).toEqual(expect.arrayContaining(retried))
    expect(lines).toHaveLength(2)
  })

  it('goes on with what else is due, and says how much that was', async () => {
    const { pipe, ids, lines, advance } = await waiting(2)
    advance(10 * 60_000)
    const [first = '', second = ''] = ids
    expect(await retryBatch([message({ eventId: first })], pipe, minute())).toEqual([])
    expect((await pipe.ledger.load(second))?.record.state).toBe('done')
    expect(lines.at(-1)).toEqual(['info', 'drained', { count: 1 }])
  })

  it('whose event must wait again sends the message for it, and says why it waits', async () => {
    const { pipe, ids, lines, queued, emulator, advance } = await waiting(1)
    const [eventId = ''] = ids
    await breakCrm(emulator, { fault: AWAY })
    advance(5_000)
    expect(await retryBatch([message({ eventId })], pipe, minute())).toEqual([])
    expect(queued).toEqual([{ eventId, delayMs: expect.any(Number) }])
    const outcome = { outcome: 'retry-later', reason: 'crm-busy' }
    expect(lines).toEqual([['info', 'retried', { eventId, ...outcome }]])
  })

  it('keeps the messages nobody understands, and those for which the ledger failed, and drains nothing then', async () => {
    const { pipe, ids, lines, advance } = await waiting(2)
    advance(10 * 60_000)
    const [lost = '', other = ''] = ids
    const load = pipe.ledger.load.bind(pipe.ledger)
    pipe.ledger.load = async (id) => {
      if (id === lost) throw new StoreUnavailableError('away')
      return load(id)
    }
    const batch = [
      { messageId: 'no json', body: 'hello' },
      message({ eventId: 'x', more: 1 }, 'more than an id'),
      message({ eventId: '' }, 'no id'),
      message({ eventId: lost }, 'lost'),
    ]
    const failed = await retryBatch(batch, pipe, minute())
    expect(failed.map(({ messageId }) => messageId).toSorted()).toEqual(
      ['lost', 'more than an id', 'no id', 'no json'].toSorted(),
    )
    expect((await pipe.ledger.load(other))?.record.state).toBe('waiting')
    const givenBack = 'the message is given back'
    const storeFailed = { eventId: lost, errorName: 'StoreUnavailableError' }
    expect(lines).toContainEqual(['error', givenBack, storeFailed])
    expect(lines).toContainEqual(['error', givenBack, { errorName: 'SyntaxError' }])
    expect(lines).toHaveLength(4)
  })

  it('goes on with a run of an automation, and names it when that fails', async () => {
    const { pipe, lines } = await waiting(0)
    const automation = 'close-answered-cases'
    const settings = { schedule: 'rate(1 day)' }
    const config = defineConfig({
      installation: 'test',
      publicUrl: 'http://localhost',
      sources: {},
      automations: { [automation]: settings },
    })
    const over = { ...pipe, config }
    const batch = [message({ automation }), message({ automation: 'nobody-knows' })]
    expect(await retryBatch(batch, over, minute())).toEqual([])
    pipe.ledger.store.get = async () => {
      throw new StoreUnavailableError('away')
    }
    expect(await retryBatch(batch, over, minute())).toEqual(batch.slice(0, 1))
    expect(lines).toEqual([
      ['error', 'the message is given back', { job: automation, errorName: 'StoreUnavailableError' }],
    ])
  })

  it('begins nothing that the time left does not hold, and keeps those messages', async () => {
    const { pipe, ids, advance, emulator } = await waiting(2)
    advance(10 * 60_000)
    const batch = ids.map((eventId) => message({ eventId }))
    const short = { remainingMs: () => pipe.times.requestTimeoutMs - 1 }
    expect(await retryBatch(batch, pipe, short)).toEqual(batch)
    expect(await allOf(emulator, 'Cases')).toEqual([])
  })

  it('works on four events at the same time', async () => {
    const { pipe } = await waiting(0)
    let [under, most] = [0, 0]
    pipe.ledger.load = async () => {
      under += 1
      most = Math.max(most, under)
      await new Promise((resolve) => setImmediate(resolve))
      under -= 1
      return undefined
    }
    const batch = Array.from({ length: 10 }, (_, index) => message({ eventId: `e${index}` }))
    expect(await retryBatch(batch, pipe, minute())).toEqual([])
    expect(most).toBe(4)
  })

  it('is done although draining fails: what is due stays due', async () => {
    const { pipe, lines } = await waiting(0)
    pipe.ledger.store.listDue = async () => {
      throw new StoreUnavailableError('away')
    }
    expect(await retryBatch([], pipe, minute())).toEqual([])
    expect(lines).toEqual([['warn', 'draining ended early', { errorName: 'StoreUnavailableError' }]])
  })
})

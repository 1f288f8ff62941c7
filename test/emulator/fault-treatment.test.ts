import { describe, expect, it } from 'vitest'
import { type Exchange, sleepUntil, underFault } from '../../emulator/faults/apply.ts'
import type { Fault } from '../../emulator/faults/fault.ts'
import { blank } from '../../emulator/http/respond.ts'

/** Writes down what happens to a request, in its order. */
function recorded(closesAfterMs = Number.POSITIVE_INFINITY) {
  const events: string[] = []
  const exchange: Exchange = {
    commit: async (part) => {
      events.push(part === undefined ? 'commit' : `commit with ${part.onlyChildren}`)
      return blank(200)
    },
    reset: () => {
      events.push('reset')
    },
    answer: ({ status }) => blank(status),
  }
  const sleep = async (ms: number) => {
    if (ms > closesAfterMs) throw new DOMException('closed', 'AbortError')
    events.push(`${ms} ms`)
  }
  return { events, exchange, patience: { longestRequestMs: 2000, sleep } }
}

const part = { kind: 'partial-commit', children: 1 } as const
const status = { kind: 'status', status: 503, body: 'empty' } as const

describe('a request', () => {
  it.each<[string, Fault | undefined, string[], number | undefined]>([
    ['without a fault', undefined, ['commit'], 200],
    ['with latency', { kind: 'latency', ms: 300 }, ['300 ms', 'commit'], 200],
    ['with latency up to the limit', { kind: 'latency', ms: 2000 }, ['2000 ms', 'commit'], 200],
    ['with latency over the limit', { kind: 'latency', ms: 2001 }, ['2000 ms', 'reset'], undefined],
    ['that hangs', { kind: 'hang' }, ['2000 ms', 'reset'], undefined],
    ['answered before the commit', { ...status, when: 'before-commit' }, [], 503],
    ['answered after the commit', { ...status, when: 'after-commit' }, ['commit'], 503],
    ['reset before the commit', { kind: 'reset', when: 'before-commit' }, ['reset'], undefined],
    ['reset after the commit', { kind: 'reset', when: 'after-commit' }, ['commit', 'reset'], undefined],
    ['committed late', { kind: 'late-commit', ms: 700 }, ['reset', '700 ms', 'commit'], undefined],
    ['committed in part', { ...part, answer: 'reset' }, ['commit with 1', 'reset'], undefined],
    ['committed in part and answered', { ...part, answer: 500 }, ['commit with 1'], 500],
  ])('%s: %j', async (_name, fault, expected, seen) => {
    const { events, exchange, patience } = recorded()
    const outcome = await underFault(fault, exchange, patience)
    expect(events).toEqual(expected)
    expect(outcome?.status).toBe(seen)
  })

  it.each<Fault>([{ kind: 'latency', ms: 300 }, { kind: 'hang' }, { kind: 'late-commit', ms: 700 }])(
    'never commits when the emulator closes meanwhile: %j',
    async (fault) => {
      const { events, exchange, patience } = recorded(100)
      await expect(underFault(fault, exchange, patience)).rejects.toThrow('closed')
      expect(events).not.toContain('commit')
    },
  )
})

describe('a sleep', () => {
  it('ends when the emulator closes', async () => {
    const closing = new AbortController()
    const slept = sleepUntil(closing.signal)(60_000)
    closing.abort()
    await expect(slept).rejects.toThrow('aborted')
  })
})

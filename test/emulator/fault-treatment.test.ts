import { describe, expect, it } from 'vitest'
import { type Exchange, sleepUntil, underFault } from '../../emulator/faults/apply.ts'
import type { Fault } from '../../emulator/faults/fault.ts'

const RESET = Response.error()

/** Writes down what happens to a request, in its order. */
function recorded(closesAfterMs = Number.POSITIVE_INFINITY) {
  const events: string[] = []
  const exchange: Exchange = {
    commit: async (part) => {
      events.push(part === undefined ? 'commit' : `commit with ${part.onlyChildren}`)
      return new Response('done')
    },
    reset: () => {
      events.push('reset')
      return RESET
    },
    answer: ({ status }) => new Response('fault', { status }),
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
  it.each<[string, Fault | undefined, string[], string]>([
    ['without a fault', undefined, ['commit'], 'done'],
    ['with latency', { kind: 'latency', ms: 300 }, ['300 ms', 'commit'], 'done'],
    ['with latency up to the limit', { kind: 'latency', ms: 2000 }, ['2000 ms', 'commit'], 'done'],
    ['with latency over the limit', { kind: 'latency', ms: 2001 }, ['2000 ms', 'reset'], 'reset'],
    ['that hangs', { kind: 'hang' }, ['2000 ms', 'reset'], 'reset'],
    ['answered before the commit', { ...status, when: 'before-commit' }, [], 'fault'],
    ['answered after the commit', { ...status, when: 'after-commit' }, ['commit'], 'fault'],
    ['reset before the commit', { kind: 'reset', when: 'before-commit' }, ['reset'], 'reset'],
    ['reset after the commit', { kind: 'reset', when: 'after-commit' }, ['commit', 'reset'], 'reset'],
    ['committed late', { kind: 'late-commit', ms: 700 }, ['reset', '700 ms', 'commit'], 'reset'],
    ['committed in part', { ...part, answer: 'reset' }, ['commit with 1', 'reset'], 'reset'],
    ['committed in part and answered', { ...part, answer: 500 }, ['commit with 1'], 'fault'],
  ])('%s: %j', async (_name, fault, expected, seen) => {
    const { events, exchange, patience } = recorded()
    const response = await underFault(fault, exchange, patience)
    expect(events).toEqual(expected)
    expect(response === RESET ? 'reset' : await response.text()).toBe(seen)
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

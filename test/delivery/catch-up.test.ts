import { describe, expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { catchUp } from '../../lib/delivery/catch-up.ts'
import { claimSubject } from '../../lib/delivery/claim.ts'
import { Ledger } from '../../lib/delivery/ledger.ts'
import { NotUnderstoodError, VendorRefusedError, VendorUnavailableError } from '../../lib/sources/errors.ts'
import { loadSource } from '../../lib/sources/index.ts'
import type { Json, Listed, Source } from '../../lib/sources/source.ts'
import { steppedStore } from '../support/ledger-stores.ts'

const HOUR_MS = 60 * 60_000
const api = { credentials: { token: 'TOKEN' } }
const config = defineConfig({
  installation: 'test',
  publicUrl: 'http://localhost',
  sources: {
    shop: { source: 'stand-in', api },
    keyless: { source: 'stand-in' },
    contact: { source: 'web-form' },
  },
})

/** What a shop lists: a ticket with a version, a fact, something to ignore, or something nobody understands. */
type Ticket = {
  readonly id: string
  readonly subject?: string
  readonly is?: string
  readonly version?: number
}

/** A vendor that lists tickets, then fails if it is told to. */
function standIn(
  tickets: () => readonly Ticket[],
  failure: () => Error | undefined,
  asked: number[],
): Source {
  return {
    name: 'stand-in',
    kind: 'form',
    inlineBudgetMs: 0,
    verify: async () => ({ headers: {}, payload: null }),
    identify: () => ({ id: 'x', aliases: [] }),
    sign: () => ({}),
    toEvent: ({ payload }) => {
      const { is = 'snapshot', version } = payload as Ticket
      if (is === 'nonsense') throw new NotUnderstoodError('no ticket')
      if (is === 'broken') throw new TypeError('a bug')
      if (is === 'ignored') return { kind: 'ignored', reason: 'not-wanted' }
      const standing =
        is === 'fact' ? { is, name: 'closed' } : { is: 'snapshot', ...(version && { version }) }
      return { kind: 'form-submission', form: 'x', fields: [], files: [], standing } as never
    },
    async *listSince(sinceMs) {
      asked.push(sinceMs)
      for (const { id, subject, ...rest } of tickets()) yield listed(id, subject, rest)
      const error = failure()
      if (error !== undefined) throw error
    },
  }
}

function listed(id: string, subject: string | undefined, payload: Json): Listed {
  const identity = { id, aliases: [`old-${id}`], ...(subject !== undefined && { subject }) }
  return { verified: { headers: {}, payload }, identity }
}

async function setUp() {
  const { store, advance } = await steppedStore()
  const ledger = new Ledger(store, { payloadDays: 30 })
  const [asked, queued, told, counted]: [number[], string[], unknown[], unknown[]] = [[], [], [], []]
  let [tickets, failure, isQueueAway]: [readonly Ticket[], Error | undefined, boolean] = [
    [],
    undefined,
    false,
  ]
  const source = standIn(
    () => tickets,
    () => failure,
    asked,
  )
  const tell = (message: string, fields: unknown) => void told.push([message, fields])
  const pipe = {
    config,
    ledger,
    secret: async () => ['secret'],
    loadSource: async (name: string) => (name === 'stand-in' ? source : loadSource(name)),
    queue: {
      send: async (eventId: string) => {
        if (isQueueAway) throw new RangeError('away')
        queued.push(eventId)
      },
    },
    log: { info: tell, warn: tell, error: tell },
    metrics: { count: (...one: unknown[]) => void counted.push(one) },
  }
  return {
    store,
    advance,
    ledger,
    asked,
    queued,
    told,
    counted,
    breakQueue: () => {
      isQueueAway = true
    },
    /** Asks the shop, which has these tickets. */
    ask: (now: readonly Ticket[], error?: Error, remainingMs = () => HOUR_MS) => {
      ;[tickets, failure] = [now, error]
      return catchUp('shop', pipe, { remainingMs })
    },
    askOf: (name: string) => catchUp(name, pipe, { remainingMs: () => HOUR_MS }),
    /** The ledger knows this version of a subject. */
    know: async (subject: string, version?: number) => {
      const claimed = await claimSubject(store, `shop:${subject}`, HOUR_MS)
      if (claimed.state === 'busy') throw new Error(`${subject} is busy`)
      const snapshot = { eventId: 'shop:first', ...(version !== undefined && { version }) }
      await claimed.claim.giveBack({ eventId: 'shop:first', view: { snapshot, facts: [] } })
    },
  }
}

describe('what a vendor lists', () => {
  it('and never arrived is recorded and queued, once, as a delivery would be', async () => {
    const { ask, queued, counted, ledger } = await setUp()
    const tickets = [{ id: '1', subject: 'a', version: 1 }, { id: '2' }]
    expect(await ask(tickets)).toEqual({ listed: 2, lacking: 2, failed: 0 })
    expect(queued).toEqual(['shop:1', 'shop:2'])
    expect(counted).toEqual([
      ['recorded', 1, 'shop'],
      ['recorded', 1, 'shop'],
    ])
    const [first, second] = [await ledger.load('shop:1'), await ledger.load('shop:2')]
    expect([first?.record.subject, second?.record.subject]).toEqual(['shop:a', 'shop:2'])
    expect(first?.record.instance).toBe('shop')
    expect(await ask(tickets)).toEqual({ listed: 2, lacking: 0, failed: 0 })
    expect(await ask([{ id: 'new-2' }])).toMatchObject({ lacking: 1 })
  })

  it('is known under its other ids, too', async () => {
    const { ask } = await setUp()
    await ask([{ id: 'old-1' }])
    expect(await ask([{ id: '1' }])).toEqual({ listed: 1, lacking: 0, failed: 0 })
  })

  it.each([
    ['of the same version is known', 2, { version: 2 }, 0],
    ['of an older version is known', 2, { version: 1 }, 0],
    ['of a newer version is not', 2, { version: 3 }, 1],
    ['that happened is not, as far as its subject tells', 2, { is: 'fact' }, 1],
    ['without a version is known', 2, {}, 0],
    ['to be ignored is not recorded', undefined, { is: 'ignored' }, 0],
    ['that nobody understands is recorded, so that people see it', 2, { is: 'nonsense' }, 1],
  ] as const)('and %s', async (_, known, ticket, lacking) => {
    const { ask, know } = await setUp()
    if (known !== undefined) await know('a', known)
    expect(await ask([{ id: '7', subject: 'a', ...ticket }])).toMatchObject({ lacking })
  })

  it('is waited for by the sweeper where the queue takes no message', async () => {
    const { ask, breakQueue, told, ledger } = await setUp()
    breakQueue()
    expect(await ask([{ id: '1' }])).toMatchObject({ lacking: 1 })
    expect(told).toEqual([
      ['the retry queue took no message', { eventId: 'shop:1', errorName: 'RangeError' }],
    ])
    expect(await ledger.load('shop:1')).toBeDefined()
  })
})

describe('a vendor', () => {
  it('is asked for three days at first, and then for what changed since an hour before the last time', async () => {
    const { ask, asked, store, advance } = await setUp()
    const first = store.now()
    await ask([])
    advance(5 * HOUR_MS)
    await ask([])
    expect(asked).toEqual([first - 72 * HOUR_MS, first - HOUR_MS])
  })

  it.each([new VendorUnavailableError('away'), new VendorRefusedError('no')])(
    'that does not answer is asked again for the same time: %s',
    async (error) => {
      const { ask, asked, told, advance } = await setUp()
      expect(await ask([{ id: '1' }], error)).toEqual({ listed: 1, lacking: 1, failed: 1 })
      expect(told).toEqual([['a vendor could not be asked', { instance: 'shop', errorName: error.name }]])
      advance(HOUR_MS)
      await ask([])
      expect(asked[1]).toBe((asked[0] ?? 0) + HOUR_MS)
    },
  )

  it('whose source makes a mistake is our mistake', async () => {
    const { ask } = await setUp()
    await expect(ask([], new TypeError('a bug'))).rejects.toThrow('a bug')
    await expect(ask([{ id: '1', is: 'broken' }])).rejects.toThrow('a bug')
  })

  it('is not asked to the end where the time is up; the next time begins where this one did', async () => {
    const { ask, asked } = await setUp()
    const tickets = [{ id: '1' }, { id: '2' }, { id: '3' }]
    let remaining = 15_001
    const hurry = () => (remaining -= 1)
    expect(await ask(tickets, undefined, hurry)).toEqual({ listed: 2, lacking: 2, failed: 0 })
    await ask(tickets)
    expect(asked[1]).toBe(asked[0])
  })

  it('without a credential, or whose source lists nothing, cannot be asked', async () => {
    const { askOf, asked } = await setUp()
    expect([await askOf('keyless'), await askOf('contact')]).toEqual([undefined, undefined])
    expect(asked).toEqual([])
  })
})

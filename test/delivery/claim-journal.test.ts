import { describe, expect, it } from 'vitest'
import { NotYetError } from '../../lib/crm/journal.ts'
import { type Claim, claimSubject } from '../../lib/delivery/claim.ts'
import { claimJournal, type JournalDeps } from '../../lib/delivery/claim-journal.ts'
import { earlier, quarantineEnd, RESERVE_MS } from '../../lib/delivery/limits.ts'
import { markerOf } from '../../lib/delivery/marker.ts'
import { naturalKeys } from '../../lib/delivery/natural-keys.ts'
import { SQLITE, steppedStore } from '../support/ledger-stores.ts'

const TIMES = { requestTimeoutMs: 10_000, longestRequestMs: 100_000, sendWindowMs: 2_000 }
const LEASE_MS = 30_000

async function setUp(remainingMs = 60_000) {
  const { store, advance } = await steppedStore(SQLITE)
  let elapsedMs = 0
  const deps: JournalDeps = {
    installation: 'test',
    times: TIMES,
    deadline: { remainingMs: () => remainingMs },
    naturalKeys: naturalKeys(store, 'secret', async (ms) => advance(ms)),
    fresh: false,
    redriven: 'check',
    wasHeld: true,
    hash: (text) => `#${text}`,
    monotonicMs: () => elapsedMs,
    now: () => store.now(),
  }
  const claim = async (subject: string): Promise<Claim> => {
    const claimed = await claimSubject(store, subject, LEASE_MS)
    if (claimed.state === 'busy') throw new Error(`${subject} is busy`)
    return claimed.claim
  }
  const journal = async (subject: string) => claimJournal(await claim(subject), deps)
  return { store, advance, journal, stand: (ms: number) => (elapsedMs += ms) }
}

describe('the window for sending', () => {
  it('is open for as long as the times say, by both clocks', async () => {
    const { journal, store, advance, stand } = await setUp()
    const window = (await journal('s')).openSendWindow()
    expect(window.sendBy).toBe(store.now() + TIMES.sendWindowMs)
    stand(TIMES.sendWindowMs - 1)
    advance(TIMES.sendWindowMs - 1)
    expect(window.isOpen()).toBe(true)
    advance(1)
    expect(window.isOpen()).toBe(false)
    advance(-1)
    expect(window.isOpen()).toBe(true)
    stand(1)
    expect(window.isOpen()).toBe(false)
  })

  it('is shorter where a whole request would not fit into the time left after it', async () => {
    const { journal, store } = await setUp(RESERVE_MS + TIMES.requestTimeoutMs + 1)
    expect((await journal('s')).openSendWindow().sendBy).toBe(store.now() + 1)
  })

  it('does not open when there is no such time left', async () => {
    const { journal, store } = await setUp(RESERVE_MS + TIMES.requestTimeoutMs)
    const opening = (await journal('s')).openSendWindow
    expect(opening).toThrow(new NotYetError('out-of-time', store.now()))
  })
})

describe('the journal of a claim', () => {
  it('says what it was told of the event and its ledger', async () => {
    const { journal, store } = await setUp()
    const { fresh, redriven, wasHeld, hash, now } = await journal('s')
    expect([fresh, redriven, wasHeld, hash('x'), now()]).toEqual([false, 'check', true, '#x', store.now()])
  })

  it('notes, names and writes the steps of its claim, under the markers of its subject', async () => {
    const { journal } = await setUp()
    const one = await journal('s')
    const bound = { state: 'bound', resource: 'Cases', id: '7', adopted: false } as const
    one.note({ 'line 1': bound })
    await one.write({ 'line 2': bound, case: bound })
    expect([one.entry('case'), one.names('line')]).toEqual([bound, ['line 1', 'line 2']])
    expect(one.marker('case')).toBe(markerOf('test', 's', 'case'))
  })

  it('holds a natural key beyond its lease, until no request of its own can be under way', async () => {
    const { journal, store } = await setUp()
    const [one, other] = [await journal('one'), await journal('two')]
    const until = store.now() + LEASE_MS + TIMES.requestTimeoutMs + TIMES.longestRequestMs
    expect(await one.own('company:acme', 'company')).toEqual({ state: 'mine', lookAgain: false })
    expect([
      await one.heldUntil('company:acme', 'company'),
      await other.heldUntil('company:acme', 'company'),
    ]).toEqual([undefined, until])
    await one.settle('company:acme', 'company', '43')
    expect(await other.own('company:acme', 'company')).toEqual({ state: 'created', id: '43' })
  })
})

it('a write that may still be under way is so until the CRM has certainly ended it', async () => {
  expect(quarantineEnd(1, TIMES)).toBe(110_001)
})

it('an earlier deadline is the budget or what is left of the time, whichever ends first', () => {
  let now = 0
  const deadline = { remainingMs: () => 1_000 - now }
  const [short, long] = [earlier(deadline, 400, () => now), earlier(deadline, 4_000, () => now)]
  now = 100
  expect([short.remainingMs(), long.remainingMs()]).toEqual([300, 900])
})

it('a marker fits a field of 30 characters and is another for each installation, subject and step', () => {
  const marker = markerOf('test', 'contact:a', 'case')
  expect(marker).toMatch(/^sf[a-z2-7]{26}$/)
  const others = [
    markerOf('live', 'contact:a', 'case'),
    markerOf('test', 'b', 'case'),
    markerOf('test', 'contact:a', 'note'),
  ]
  expect(new Set([marker, ...others]).size).toBe(4)
  expect(markerOf('test', 'contact:a', 'case')).toBe(marker)
})

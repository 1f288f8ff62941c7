import { setImmediate as soon } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { FencedOffError } from '../../lib/delivery/ledger.ts'
import { forgetNaturalKey, naturalKeys } from '../../lib/delivery/natural-keys.ts'
import type { Item } from '../../lib/delivery/store/store.ts'
import { LEDGER_STORES, type LedgerStore, steppedStore } from '../support/ledger-stores.ts'

const HOLD_MS = 60_000
const DAY_MS = 24 * 60 * 60_000
const SECRET = 'a secret of the test'

async function setUp(on: LedgerStore) {
  const { store, advance } = await steppedStore(on)
  const sleep = async (ms: number) => {
    await soon()
    advance(ms)
  }
  const keys = naturalKeys(store, SECRET, sleep)
  const holder = (subject: string) => ({ subject, as: 'company', until: store.now() + HOLD_MS })
  return { keys, store, advance, holder }
}

describe.each(LEDGER_STORES)('a natural key on $name', (on) => {
  it('is given to one of two subjects; the other gets what the first created', async () => {
    const { keys, holder } = await setUp(on)
    expect(await keys.own('company:acme', holder('one'))).toEqual({ state: 'mine', lookAgain: false })
    const other = keys.own('company:acme', holder('two'))
    await keys.settle('company:acme', holder('one'), '43')
    expect(await other).toEqual({ state: 'created', id: '43' })
  })

  it('is held no longer than the caller can wait', async () => {
    const { keys, holder } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    expect(await keys.own('company:acme', holder('two'))).toMatchObject({ state: 'held' })
  })

  it('is given again to the subject that holds it, which need not look again', async () => {
    const { keys, holder } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    expect(await keys.own('company:acme', holder('one'))).toEqual({ state: 'mine', lookAgain: false })
  })

  it('says until when another may create its record, and takes nothing by that', async () => {
    const { keys, holder, advance } = await setUp(on)
    const heldUntil = (subject: string) => keys.heldUntil('company:acme', holder(subject))
    expect(await heldUntil('one')).toBeUndefined()
    const one = holder('one')
    await keys.own('company:acme', one)
    expect([await heldUntil('one'), await heldUntil('two')]).toEqual([undefined, one.until])
    advance(HOLD_MS)
    expect(await heldUntil('two')).toBeUndefined()
    await keys.settle('company:acme', one, '43')
    expect(await heldUntil('two')).toBeUndefined()
  })

  it('is free again when its holder created nothing', async () => {
    const { keys, holder } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    await keys.settle('company:acme', holder('one'), null)
    expect(await keys.own('company:acme', holder('two'))).toEqual({ state: 'mine', lookAgain: false })
  })

  it('passes on after its holder died, with the advice to look again', async () => {
    const { keys, holder, advance } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    advance(HOLD_MS)
    expect(await keys.own('company:acme', holder('two'))).toEqual({ state: 'mine', lookAgain: true })
    await keys.settle('company:acme', holder('one'), null)
    expect(await keys.own('company:acme', holder('three'))).toMatchObject({ state: 'held' })
  })

  it('is held by a subject for one step of its plan only', async () => {
    const { keys, holder, advance } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    const other = { ...holder('one'), as: 'billing company' }
    expect(await keys.own('company:acme', other)).toEqual({ state: 'held', until: other.until })
    advance(HOLD_MS - 1_600)
    expect(await keys.own('company:acme', holder('two'))).toMatchObject({ state: 'mine' })
  })

  it('is asked for again and again for a second, with longer and longer waits', async () => {
    const { store, advance } = await steppedStore(on)
    const waits: number[] = []
    const keys = naturalKeys(store, SECRET, async (ms) => {
      waits.push(ms)
      advance(ms)
    })
    const holder = (subject: string) => ({ subject, as: 'company', until: store.now() + HOLD_MS })
    await keys.own('company:acme', holder('one'))
    await keys.own('company:acme', holder('two'))
    expect(waits).toEqual([25, 50, 100, 200, 400, 800])
  })

  it('is settled by its holder alone', async () => {
    const { keys, holder } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    await keys.settle('company:acme', { ...holder('one'), as: 'another step' }, '43')
    await keys.settle('company:acme', holder('two'), '44')
    expect(await keys.own('company:acme', holder('one'))).toMatchObject({ state: 'mine' })
  })

  it('is neither shortened nor freed by a worker whose subject was taken over while it stood still', async () => {
    const { keys, holder, advance } = await setUp(on)
    const late = { ...holder('one'), token: 1 }
    advance(HOLD_MS)
    const current = { ...holder('one'), token: 2 }
    await keys.own('company:acme', current)
    await expect(keys.own('company:acme', late)).rejects.toThrow(FencedOffError)
    await keys.settle('company:acme', late, null)
    expect(await keys.heldUntil('company:acme', holder('two'))).toBe(current.until)
  })

  it('is held for as long as an earlier claim of the same subject held it', async () => {
    const { keys, holder } = await setUp(on)
    const first = { ...holder('one'), token: 1 }
    await keys.own('company:acme', first)
    await keys.own('company:acme', { ...first, token: 2, until: first.until - 1_000 })
    expect(await keys.heldUntil('company:acme', holder('two'))).toBe(first.until)
  })

  it('whose record is gone is free for who found that out', async () => {
    const { keys, holder } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    await keys.settle('company:acme', holder('one'), '43')
    await keys.settle('company:acme', holder('two'), null)
    expect(await keys.own('company:acme', holder('two'))).toEqual({ state: 'mine', lookAgain: false })
  })

  it('settled with the same record twice is written once', async () => {
    const { keys, holder, store } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    await keys.settle('company:acme', holder('one'), '43')
    const [before] = await Array.fromAsync(store.scan('natural#'))
    await keys.settle('company:acme', holder('one'), '43')
    expect(await Array.fromAsync(store.scan('natural#'))).toEqual([before])
  })

  it('nobody holds any more is settled without a word', async () => {
    const { keys, holder, store } = await setUp(on)
    await keys.settle('company:acme', holder('one'), '43')
    expect(await Array.fromAsync(store.scan(''))).toEqual([])
  })

  it('taken over while it is being settled fences the first holder off, unless that has nothing to say', async () => {
    const { keys, holder, store } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    const overtaken: typeof store = { ...store, replace: async () => undefined, get: (key) => store.get(key) }
    const late = naturalKeys(overtaken, SECRET, async () => undefined)
    await expect(late.settle('company:acme', holder('one'), '43')).rejects.toThrow(FencedOffError)
    await expect(late.settle('company:acme', holder('one'), null)).resolves.toBeUndefined()
  })

  it('that others keep writing is held for now, and may be asked for again at once', async () => {
    const { holder, store, advance } = await setUp(on)
    const busy: typeof store = { ...store, now: store.now, get: (key) => store.get(key) }
    Object.assign(busy, { putIfAbsent: async () => undefined, replace: async () => undefined })
    const keys = naturalKeys(busy, SECRET, async (ms) => advance(ms))
    const heldNow = () => ({ state: 'held', until: store.now() })
    expect(await keys.own('company:acme', holder('one'))).toEqual(heldNow())
    await naturalKeys(store, SECRET, async () => undefined).own('company:acme', holder('one'))
    expect(await keys.own('company:acme', holder('one'))).toEqual(heldNow())
  })

  it('is forgotten a day after it was settled, and a day after its hold ran out', async () => {
    const { keys, holder, store, advance } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    await keys.own('company:other', holder('one'))
    await keys.settle('company:acme', holder('one'), '43')
    advance(DAY_MS - 1)
    expect(await Array.fromAsync(store.scan(''))).toHaveLength(2)
    advance(1)
    expect(await Array.fromAsync(store.scan(''))).toHaveLength(1)
    advance(HOLD_MS)
    expect(await Array.fromAsync(store.scan(''))).toEqual([])
  })

  it('is forgotten on demand, but not while somebody is about to create its record', async () => {
    const { keys, holder, store, advance } = await setUp(on)
    const forget = () => forgetNaturalKey(store, SECRET, 'company:acme')
    expect(await forget()).toBe(false)
    await keys.own('company:acme', holder('one'))
    expect(await forget()).toBe(false)
    advance(HOLD_MS)
    expect(await forget()).toBe(true)
    expect(await keys.own('company:acme', holder('two'))).toEqual({ state: 'mine', lookAgain: false })
    await keys.settle('company:acme', holder('two'), '43')
    expect(await forget()).toBe(true)
    expect(await Array.fromAsync(store.scan(''))).toEqual([])
  })

  it('does not keep the key itself', async () => {
    const { keys, holder, store } = await setUp(on)
    await keys.own('person:maeve@example.com', holder('one'))
    const items: Item[] = await Array.fromAsync(store.scan(''))
    expect(items).toHaveLength(1)
    expect(JSON.stringify(items)).not.toContain('maeve')
    expect(items[0]?.key).toMatch(/^natural#[\w-]{43}$/)
  })
})

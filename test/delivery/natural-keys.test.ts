import { setImmediate as soon } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { naturalKeys } from '../../lib/delivery/natural-keys.ts'
import type { Item } from '../../lib/delivery/store/store.ts'
import { LEDGER_STORES, type LedgerStore, steppedStore } from '../support/ledger-stores.ts'

const HOLD_MS = 60_000

async function setUp(on: LedgerStore) {
  const { store, advance } = await steppedStore(on)
  const sleep = async (ms: number) => {
    await soon()
    advance(ms)
  }
  const keys = naturalKeys(store, 'a secret of the test', sleep)
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

  it('is given again to the subject that holds it', async () => {
    const { keys, holder } = await setUp(on)
    await keys.own('company:acme', holder('one'))
    expect(await keys.own('company:acme', holder('one'))).toMatchObject({ state: 'mine' })
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

  it('does not keep the key itself', async () => {
    const { keys, holder, store } = await setUp(on)
    await keys.own('person:maeve@example.com', holder('one'))
    const items: Item[] = await Array.fromAsync(store.scan(''))
    expect(items).toHaveLength(1)
    expect(JSON.stringify(items)).not.toContain('maeve')
  })
})

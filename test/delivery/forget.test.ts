import { describe, expect, it } from 'vitest'
import { eraseTraces, findTraces, mentionOf, readIfThere, textsOf } from '../../lib/delivery/forget.ts'
import { Ledger } from '../../lib/delivery/ledger.ts'
import { writeInOrder } from '../../lib/delivery/store/in-order.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { LEDGER_STORES, steppedStore } from '../support/ledger-stores.ts'

const ANN = 'ann@example.com'

describe('an address', () => {
  it.each([
    ['ann@example.com'],
    ['ANN@Example.COM'],
    ['<ann@example.com>, "Ann"'],
    ['mailto:ann@example.com?subject=x'],
    ['write to ann@example.com.'],
    ['email=ann%40example.com&x=y'],
    ['name=Ann+B&to=x+ann%40example.com'],
    ['ａｎｎ@example.com'],
  ])('is mentioned by %s', (text) => expect(mentionOf(ANN)(text)).toBe(true))

  it.each([
    ['joann@example.com'],
    ['jo.ann@example.com'],
    ['jo+ann@example.com'],
    ['ann@example.com.au'],
    ['ann@example.community'],
    ['annXexample.com'],
    ['email=jo%2Bann%40example.com'],
    [''],
  ])('is not mentioned by %s', (text) => expect(mentionOf(ANN)(text)).toBe(false))
})

it('a payload says what it is called and what it holds, numbers too, and what was sent as base64', () => {
  const file = { name: 'a.txt', contentBase64: Buffer.from('content').toString('base64') }
  const payload = { phone: 353, list: ['one', { two: null }], agreed: true, file }
  expect(textsOf({ headers: { from: 'x' }, payload })).toEqual(
    'from x phone 353 list one two agreed file name a.txt contentBase64 content'.split(' '),
  )
})

describe.each(LEDGER_STORES)('the traces of a person on $name', (on) => {
  const attempt = { at: 0, ms: 1, outcome: 'parked', calls: [] }
  const reason = { code: 'crm-rejected', message: `no ${ANN}`, issues: [`pers_email: ${ANN}`] }

  it('are found in fields, names, headers, files and bodies nobody could read; and in reasons', async () => {
    const { store } = await steppedStore(on)
    const ledger = new Ledger(store, { payloadDays: 30 })
    const base64 = Buffer.from(`email,${ANN}`).toString('base64')
    const payloads = {
      field: { fields: [['email', ANN]], files: [] },
      name: { [ANN]: 1 },
      file: { fields: [], files: [{ contentBase64: base64 }] },
      body: { undecoded: { contentType: 'text/csv', contentBase64: base64 } },
      nobody: { fields: [['email', 'joann@example.com']], files: [] },
      quoted: { fields: [], files: [] },
    }
    for (const [id, payload] of Object.entries(payloads))
      await ledger.record({ id, instance: 'i', subject: id, verified: { headers: {}, payload } }, [])
    const verified = { headers: { from: ANN }, payload: null }
    await ledger.record({ id: 'header', instance: 'i', subject: 'header', verified }, [])
    const quoted = await ledger.load('quoted')
    if (quoted !== undefined) await ledger.park(quoted, { reason, fingerprint: 'x', attempt })

    const traces = await findTraces(ledger, ANN)
    expect([...traces.payloads.keys()].toSorted()).toEqual(['body', 'field', 'file', 'header', 'name'])
    expect([...traces.reasons]).toEqual(['quoted'])

    await eraseTraces(ledger, traces)
    const left = await Array.fromAsync(store.scan(''))
    expect(JSON.stringify(left)).not.toContain(ANN)
    expect(await findTraces(ledger, ANN)).toEqual({ payloads: new Map(), reasons: new Set() })
    expect((await ledger.load('quoted'))?.record).toMatchObject({
      state: 'parked',
      fingerprint: 'x',
      reason: { code: 'crm-rejected', message: 'erased' },
    })
  })

  it('leave with every correction, and an unfinished event is still due', async () => {
    const { store, advance } = await steppedStore(on)
    const ledger = new Ledger(store, { payloadDays: 30 })
    const verified = { headers: {}, payload: { email: ANN } }
    const { event } = await ledger.record({ id: 'a', instance: 'i', subject: 'a', verified }, [])
    const edited = await ledger.edit(event, { headers: {}, payload: { email: 'other' } }, 'maeve')
    await ledger.wait(edited, { notBefore: store.now(), reason, burns: true, by: 'index' })
    await eraseTraces(ledger, await findTraces(ledger, ANN))
    const kept = await ledger.receipts.history('a', 1)
    expect(kept.map(({ number, isThere }) => [number, isThere])).toEqual([
      [0, false],
      [1, false],
    ])
    advance(1_000)
    expect((await ledger.listDue(10)).map(({ record }) => record.id)).toEqual(['a'])
  })

  it('are looked for in every record, and erased where the event itself is gone', async () => {
    const { store } = await steppedStore(on)
    const ledger = new Ledger(store, { payloadDays: 30 })
    const verified = { headers: {}, payload: { email: ANN } }
    await writeInOrder(store, [await ledger.receipts.toPut('no event', verified)])
    await ledger.receipts.edit('no event', 0, verified, 'maeve')
    const { event } = await ledger.record({ id: 'a', instance: 'i', subject: 'a', verified }, [])
    await ledger.park(event, { reason: { ...reason, issues: ['another'] }, fingerprint: 'x', attempt })
    let [read, erased] = [0, 0]
    const traces = await findTraces(ledger, ANN, () => {
      read += 1
    })
    expect(traces.payloads).toEqual(new Map(Object.entries({ 'no event': 1, a: 0 })))
    expect(traces.reasons).toEqual(new Set(['a']))
    await eraseTraces(ledger, traces, () => {
      erased += 1
    })
    expect([read, erased]).toEqual([4, 2])
    expect(JSON.stringify(await Array.fromAsync(store.scan('')))).not.toContain(ANN)
  })

  it('are none where the payload went meanwhile; a ledger that cannot be read is no such place', async () => {
    const { store } = await steppedStore(on)
    const ledger = new Ledger(store, { payloadDays: 30 })
    const gone = { eventId: 'gone', number: 0 }
    expect(await readIfThere(ledger, gone)).toBeUndefined()
    store.get = async () => {
      throw new StoreUnavailableError('away')
    }
    await expect(readIfThere(ledger, gone)).rejects.toThrow(StoreUnavailableError)
  })
})

import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { storeClock } from '../../lib/delivery/store/clock-offset.ts'
import { type Store, StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { answerLosingProxy } from '../support/answer-losing-proxy.ts'
import { createTable, startDynamoDb } from '../support/dynamodb.ts'
import { sharedDynamoDb, standsFor } from '../support/ledger-stores.ts'
import { memoryBlobs } from '../support/memory-blobs.ts'
import { answers, type Behaviour, hangs, misbehavingServer, resets } from '../support/misbehaving-server.ts'
import { storeContract } from './store-contract.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Of the one test that waits for it, and longer than a loaded machine takes for an answer. */
const REQUEST_TIMEOUT_MS = 750

storeContract('DynamoDB', async () => {
  let now = 1_000_000
  const table = await createTable(await sharedDynamoDb())
  return { store: table.open({ clock: standsFor(() => now) }), advance: (ms) => (now += ms) }
})

it('tells DynamoDB to delete an item a day after it expired, and keeps it out of the index unless it waits', async () => {
  const table = await createTable(await sharedDynamoDb())
  const store = closing(table.open())
  const raw = async (key: string) => {
    const { output } = await table.api().call('GetItem', { TableName: table.table, Key: { pk: { S: key } } })
    return output?.Item
  }
  await store.putIfAbsent('a', { value: 'v', wakeAt: store.now() })
  expect(await raw('a')).toMatchObject({
    shard: { N: expect.stringMatching(/^[0-7]$/) },
    value: { S: '"v"' },
  })
  const expiresAt = Date.UTC(2026, 11, 24) + 1
  await store.replace('a', 1, { value: 'v', expiresAt })
  expect(Object.keys((await raw('a')) ?? {}).toSorted()).toEqual([
    'expiresAt',
    'nonce',
    'pk',
    'ttl',
    'value',
    'version',
  ])
  expect(await raw('a')).toMatchObject({ ttl: { N: String(Date.UTC(2026, 11, 25) / 1000 + 1) } })
})

describe('a lost answer', () => {
  async function setUp() {
    const table = await createTable(await sharedDynamoDb())
    const proxy = await answerLosingProxy(table.endpoint)
    const store = closing(table.open({ endpoint: proxy.endpoint }))
    return { proxy, store, other: closing(table.open()) }
  }

  it('of a put that was made is a put that was made', async () => {
    const { store, proxy } = await setUp()
    proxy.loseAnswers(1)
    expect(await store.putIfAbsent('a', { value: 'mine' })).toBe(1)
    expect(proxy.lost()).toBe(1)
    expect(await store.get('a')).toMatchObject({ version: 1, value: 'mine' })
  })

  it('of a replacement that was made is a replacement that was made, also when it is lost twice', async () => {
    const { store, proxy } = await setUp()
    await store.putIfAbsent('a', { value: 'first' })
    proxy.loseAnswers(2)
    expect(await store.replace('a', 1, { value: 'second' })).toBe(2)
    expect(proxy.lost()).toBe(2)
    expect(await store.get('a')).toMatchObject({ version: 2, value: 'second' })
  })

  it('of a write that was refused is a write that was refused', async () => {
    const { store, proxy, other } = await setUp()
    await other.putIfAbsent('a', { value: 'theirs' })
    proxy.loseAnswers(1)
    expect(await store.putIfAbsent('a', { value: 'mine' })).toBeUndefined()
    proxy.loseAnswers(1)
    expect(await store.replace('a', 7, { value: 'mine' })).toBeUndefined()
    expect(await store.get('a')).toMatchObject({ version: 1, value: 'theirs' })
  })

  it('that stays lost is an unavailable store, and what was written is found later', async () => {
    const { store, proxy } = await setUp()
    proxy.loseAnswers(100)
    await expect(store.putIfAbsent('a', { value: 'mine' })).rejects.toThrow(StoreUnavailableError)
    proxy.loseAnswers(0)
    expect((await store.get('a'))?.value).toBe('mine')
  })

  it('of one of many racing writers lets exactly one believe that it won', async () => {
    const { store, proxy, other } = await setUp()
    await other.putIfAbsent('a', { value: 0 })
    for (let version = 1; version <= 20; version += 1) {
      proxy.loseAnswers(version % 2)
      const racers = [store, other].map((racer) => racer.replace('a', version, { value: version }))
      expect((await Promise.all(racers)).filter((won) => won !== undefined)).toEqual([version + 1])
    }
  })
})

describe('a request that DynamoDB does not answer for good', () => {
  const refuses = (code: string, status = 400): Behaviour =>
    answers(status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'not now' })
  const succeeds = answers(200, { Item: { pk: { S: 'a' }, version: { N: '3' }, value: { S: '"v"' } } })

  async function storeOn(...behaviours: Behaviour[]) {
    const server = await misbehavingServer(...behaviours)
    const { origin } = new URL(server.baseUrl)
    const table = await createTable(await sharedDynamoDb())
    return { server, store: closing(table.open({ endpoint: origin, requestTimeoutMs: REQUEST_TIMEOUT_MS })) }
  }

  it.each([
    ['ProvisionedThroughputExceededException', refuses('ProvisionedThroughputExceededException')],
    ['ThrottlingException', refuses('ThrottlingException')],
    ['RequestLimitExceeded', refuses('RequestLimitExceeded')],
    ['an expired token', refuses('ExpiredTokenException')],
    ['an error of its own', refuses('InternalServerError', 500)],
    ['a reset', resets],
    ['silence', hangs],
  ])('is repeated after %s', async (_, behaviour) => {
    const { store, server } = await storeOn(behaviour, succeeds)
    expect(await store.get('a')).toEqual({ key: 'a', version: 3, value: 'v' })
    expect(server.requests).toHaveLength(2)
  })

  it('is given up after five tries', async () => {
    const { store, server } = await storeOn(refuses('ThrottlingException'))
    await expect(store.get('a')).rejects.toThrow(
      new StoreUnavailableError('the store answered 400 ThrottlingException'),
    )
    expect(server.requests).toHaveLength(5)
  })

  it('is not repeated when a repetition would not help', async () => {
    const { store, server } = await storeOn(refuses('AccessDeniedException'))
    await expect(store.putIfAbsent('a', { value: 1 })).rejects.toThrow('400 AccessDeniedException')
    expect(server.requests).toHaveLength(1)
  })

  it('does not take its own write for somebody else’s when the answer before was only "not now"', async () => {
    const { store, server } = await storeOn(
      refuses('ThrottlingException'),
      refuses('ConditionalCheckFailedException'),
    )
    expect(await store.putIfAbsent('a', { value: 1 })).toBeUndefined()
    expect(server.requests).toHaveLength(2)
  })

  it('is signed with the time of the store once an answer has told it', async () => {
    const dates: string[] = []
    const date = new Date(Date.now() + 30 * MINUTE_MS)
    const noting =
      (behave: Behaviour): Behaviour =>
      (request, response) => {
        dates.push(String(request.headers['x-amz-date']))
        response.setHeader('date', date.toUTCString())
        behave(request, response)
      }
    const { store } = await storeOn(noting(refuses('InvalidSignatureException')), noting(succeeds))
    await store.get('a')
    const [before = '', after = ''] = dates
    expect(Math.abs(parseAmzDate(before) - Date.now())).toBeLessThan(MINUTE_MS)
    expect(Math.abs(parseAmzDate(after) - date.getTime())).toBeLessThan(3_000)
  })
})

it('is unavailable when its server has stopped', async () => {
  const server = await startDynamoDb()
  const store = closing((await createTable(server)).open())
  await store.putIfAbsent('a', { value: 1 })
  await server.close()
  const due = store.listDue(store.now(), 1)
  const scanned = Array.fromAsync(store.scan(''))
  const all = [
    store.get('a'),
    store.putIfAbsent('b', { value: 1 }),
    store.replace('a', 1, { value: 2 }),
    due,
    scanned,
  ]
  for (const result of await Promise.allSettled(all)) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
  }
})

it('gives workers whose clocks are ten minutes apart one time after their first request', async () => {
  const table = await createTable(await sharedDynamoDb())
  const wrong = (ms: number) => {
    const clock = storeClock(
      () => performance.now() + ms * 17,
      () => Date.now() + ms,
    )
    return closing(table.open({ clock }))
  }
  const workers = [wrong(-5 * MINUTE_MS), wrong(5 * MINUTE_MS)] as const
  const difference = () => Math.abs(workers[0].now() - workers[1].now())
  expect(difference()).toBeGreaterThan(9 * MINUTE_MS)
  await Promise.all(workers.map((worker) => worker.get('a')))
  expect(difference()).toBeLessThan(1_500)
  expect(Math.abs(workers[0].now() - Date.now())).toBeLessThan(1_500)
})

describe('a value over the limit of an item', () => {
  const large = (fill: string) => ({ bytes: randomBytes(700_000).toString('base64'), fill })

  async function setUp() {
    const table = await createTable(await sharedDynamoDb())
    const blobs = memoryBlobs()
    return { blobs, store: closing(table.open({ blobs })) }
  }

  it('is spilled, read back, scanned, and its blob goes when it is replaced', async () => {
    const { store, blobs } = await setUp()
    const [first, second] = [large('first'), large('second')]
    await store.putIfAbsent('a', { value: first })
    const [name] = blobs.names()
    expect((await store.get('a'))?.value).toEqual(first)
    await store.replace('a', 1, { value: second })
    expect(blobs.names()).toHaveLength(1)
    expect(blobs.names()).not.toContain(name)
    expect((await Array.fromAsync(store.scan('a'))).map(({ value }) => value)).toEqual([second])
    await store.replace('a', 2, { value: 'small' })
    expect(blobs.names()).toEqual([])
  })

  it('leaves no blob behind when the write is refused', async () => {
    const { store, blobs } = await setUp()
    await store.putIfAbsent('a', { value: 'small' })
    expect(await store.putIfAbsent('a', { value: large('late') })).toBeUndefined()
    expect(await store.replace('a', 9, { value: large('late') })).toBeUndefined()
    expect(blobs.names()).toEqual([])
  })

  it('is compressed first', async () => {
    const { store, blobs } = await setUp()
    const repetitive = 'Sage CRM '.repeat(500_000)
    await store.putIfAbsent('a', { value: repetitive })
    expect(blobs.names()).toEqual([])
    expect((await store.get('a'))?.value).toBe(repetitive)
  })

  it('lies where it is never removed by age, or long enough for its expiry', async () => {
    const { store, blobs } = await setUp()
    await store.putIfAbsent('kept', { value: large('a') })
    await store.putIfAbsent('month', { value: large('b'), expiresAt: store.now() + 30 * DAY_MS })
    await store.putIfAbsent('year', { value: large('c'), expiresAt: store.now() + 400 * DAY_MS })
    expect(blobs.names().map((name) => name.split('/')[0])).toEqual(['kept', '32d', '512d'])
  })

  it('moves to where its new expiry says, and back, with its version', async () => {
    const { store, blobs } = await setUp()
    const value = large('a')
    await store.putIfAbsent('a', { value })
    const folders = () => blobs.names().map((name) => name.split('/')[0])
    await store.expire('a', store.now() + 30 * DAY_MS)
    expect(folders()).toEqual(['32d'])
    await store.expire('a', undefined)
    expect(folders()).toEqual(['kept'])
    expect(await store.get('a')).toEqual({ key: 'a', version: 1, value })
  })

  it('is moved once when the answer to that is lost', async () => {
    const table = await createTable(await sharedDynamoDb())
    const proxy = await answerLosingProxy(table.endpoint)
    const blobs = memoryBlobs()
    const [store, value] = [closing(table.open({ blobs, endpoint: proxy.endpoint })), large('a')]
    await store.putIfAbsent('a', { value })
    const put = blobs.put
    blobs.put = async (name, bytes) => {
      await put(name, bytes)
      proxy.loseAnswers(1)
    }
    await store.expire('a', store.now() + 30 * DAY_MS)
    expect(proxy.lost()).toBe(1)
    expect(blobs.names()).toEqual([expect.stringMatching(/^32d\//)])
    expect((await store.get('a'))?.value).toEqual(value)
  })

  it('is read again when somebody replaced it between the item and the blob', async () => {
    const { store, blobs } = await setUp()
    const [first, second] = [large('first'), large('second')]
    await store.putIfAbsent('a', { value: first })
    const get = blobs.get
    blobs.get = async (name) => {
      blobs.get = get
      await store.replace('a', 1, { value: second })
      return get(name)
    }
    expect((await store.get('a'))?.value).toEqual(second)
  })

  it('is unavailable, and never silently absent, when its blob is gone', async () => {
    const { store, blobs } = await setUp()
    await store.putIfAbsent('a', { value: large('a') })
    for (const name of blobs.names()) await blobs.delete(name)
    await expect(store.get('a')).rejects.toThrow(StoreUnavailableError)
  })

  it('does not undo a write when the old blob cannot be removed', async () => {
    const { store, blobs } = await setUp()
    await store.putIfAbsent('a', { value: large('a') })
    blobs.delete = async () => {
      throw new StoreUnavailableError('no')
    }
    expect(await store.replace('a', 1, { value: 'small' })).toBe(2)
  })
})

function closing(store: Store): Store {
  onTestFinished(() => store.close())
  return store
}

function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'))
}

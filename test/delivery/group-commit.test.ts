import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GroupCommit } from '../../lib/delivery/store/group-commit.ts'
import { SharedSync } from '../../lib/delivery/store/shared-sync.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'

/** A disk whose waits end when the test says so, oldest first. */
function slowDisk() {
  const waits: PromiseWithResolvers<void>[] = []
  const sync = () => {
    const wait = Promise.withResolvers<void>()
    waits.push(wait)
    return wait.promise
  }
  return { waits, sync }
}

function setUp() {
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => database.close())
  database.exec('CREATE TABLE seen (at TEXT)')
  const disk = slowDisk()
  const writes = new GroupCommit(database, new SharedSync(disk))
  const done: string[] = []
  /** Writes the name and notes it as done once the write's promise resolves. */
  const write = (name: string, durability?: 'durable' | 'volatile') =>
    writes
      .run(() => database.prepare('INSERT INTO seen VALUES (?)').run(name), durability)
      .then(() => void done.push(name))
  const rows = () => database.prepare('SELECT at FROM seen').all().length
  return { writes, write, rows, done, disk, database }
}

/** The turn of the event loop in which what was written is committed. */
const committed = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('a commit of a ledger that survives a power cut', () => {
  it('is done when it is on the disk, and can be read before', async () => {
    const { write, rows, done, disk } = setUp()
    const durable = write('a')
    await committed()
    expect([rows(), done]).toEqual([1, []])
    disk.waits[0]?.resolve()
    await durable
    expect(done).toEqual(['a'])
  })

  it('does not wait for the disk where all it writes is volatile', async () => {
    const { write, disk } = setUp()
    await write('a', 'volatile')
    expect(disk.waits).toHaveLength(0)
  })

  it('keeps no volatile write waiting for a durable one beside it', async () => {
    const { write, done, disk } = setUp()
    const both = Promise.all([write('volatile', 'volatile'), write('durable')])
    await committed()
    expect(done).toEqual(['volatile'])
    disk.waits[0]?.resolve()
    await both
  })

  it('waits for a sync that began after it, shared by all that came during the one before', async () => {
    const { write, done, disk } = setUp()
    const first = write('first')
    await committed()
    const later = [write('second')]
    await committed()
    later.push(write('third'))
    await committed()
    expect(disk.waits).toHaveLength(1)
    disk.waits[0]?.resolve()
    await first
    await committed()
    expect([done, disk.waits.length]).toEqual([['first'], 2])
    disk.waits[1]?.resolve()
    await Promise.all(later)
    expect(disk.waits).toHaveLength(2)
  })

  it('is waited for by who closes the ledger', async () => {
    const { writes, write, done, disk } = setUp()
    void write('a')
    const idle = writes.idle().then(() => done.push('idle'))
    await committed()
    expect(done).toEqual([])
    disk.waits[0]?.resolve()
    await idle
    expect(done).toEqual(['a', 'idle'])
  })

  it('fails when the disk does, and so do all after it, whatever the disk says then', async () => {
    const { write, disk } = setUp()
    const writes = [write('a')]
    await committed()
    writes.push(write('b'))
    disk.waits[0]?.reject(new Error('EIO'))
    await Promise.allSettled(writes)
    writes.push(write('c'))
    for (const result of await Promise.allSettled(writes)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
    }
    expect(disk.waits).toHaveLength(1)
  })
})

it('a commit is one for all that is written in the same turn, and undone as a whole', async () => {
  const { writes, write, rows, database } = setUp()
  const group = [write('a'), writes.run(() => database.exec('INSERT INTO nowhere VALUES (1)'), 'volatile')]
  expect((await Promise.allSettled(group)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(rows()).toBe(0)
})

it('a commit never waits for the disk where the ledger need only survive its process', async () => {
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => database.close())
  expect(await new GroupCommit(database).run(() => 'written')).toBe('written')
})

import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GroupCommit } from '../../lib/delivery/store/group-commit.ts'

const [NORMAL, FULL] = [1, 2]

function setUp(synchronous: 'full' | 'normal') {
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => database.close())
  database.exec(`PRAGMA synchronous = ${synchronous}; CREATE TABLE seen (at TEXT)`)
  /** How the commit that this write is part of is synced. */
  const synced = () => database.prepare('PRAGMA synchronous').get()?.['synchronous']
  return { writes: new GroupCommit(database, synchronous), synced, database }
}

describe('a commit of a ledger that survives a power cut', () => {
  it('waits for the disk, and not where all it writes is volatile', async () => {
    const { writes, synced } = setUp('full')
    expect(await writes.run(synced)).toBe(FULL)
    expect(await writes.run(synced, 'volatile')).toBe(NORMAL)
    expect(await writes.run(synced, 'durable')).toBe(FULL)
  })

  it('waits for the disk for one durable write among others', async () => {
    const { writes, synced } = setUp('full')
    const group = (['volatile', 'durable', 'volatile'] as const).map((durability) =>
      writes.run(synced, durability),
    )
    expect(await Promise.all(group)).toEqual([FULL, FULL, FULL])
  })

  it('never waits for the disk where the ledger need only survive its process', async () => {
    const { writes, synced } = setUp('normal')
    expect([await writes.run(synced, 'durable'), await writes.run(synced)]).toEqual([NORMAL, NORMAL])
  })

  it('is one for all that is written in the same turn, and undone as a whole', async () => {
    const { writes, database } = setUp('full')
    const group = [
      writes.run(() => database.exec("INSERT INTO seen VALUES ('a')")),
      writes.run(() => database.exec('INSERT INTO nowhere VALUES (1)'), 'volatile'),
    ]
    expect((await Promise.allSettled(group)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(database.prepare('SELECT count(*) AS count FROM seen').get()?.['count']).toBe(0)
  })
})

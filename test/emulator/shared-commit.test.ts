import { describe, expect, it } from 'vitest'
import { Database } from '../../emulator/database/database.ts'
import { startCrm } from './crm.ts'

/** A child without its parent is found out by the commit. */
function familyDatabase(): Database {
  const database = new Database(':memory:')
  database.script(`CREATE TABLE Parent (id INTEGER PRIMARY KEY);
    CREATE TABLE Child (parent INTEGER REFERENCES Parent DEFERRABLE INITIALLY DEFERRED)`)
  return database
}

describe('transactions that share a commit', () => {
  it('stand or fall each by itself', async () => {
    const database = familyDatabase()
    database.shareCommit()
    const insert = (id: number) =>
      database.transaction(() => database.run('INSERT INTO Parent VALUES (?)', id))
    insert(1)
    expect(() => insert(1)).toThrow('UNIQUE')
    insert(2)
    await database.committed
    expect(database.committed).toBeUndefined()
    expect(database.all('SELECT id FROM Parent').map(({ id }) => id)).toEqual([1, 2])
  })

  it('are all lost when the commit fails, and the next ones are not', async () => {
    const database = familyDatabase()
    database.shareCommit()
    database.transaction(() => database.run('INSERT INTO Parent VALUES (1)'))
    database.transaction(() => database.run('INSERT INTO Child VALUES (2)'))
    await expect(database.committed).rejects.toThrow('FOREIGN KEY')
    database.shareCommit()
    database.transaction(() => database.run('INSERT INTO Parent VALUES (3)'))
    await database.committed
    expect(database.all('SELECT id FROM Parent').map(({ id }) => id)).toEqual([3])
  })
})

describe('creates at once', () => {
  it('are each answered for itself', async () => {
    const { post, find } = await startCrm({ unique: ['Cases.Case_CustomerRef'] })
    const references = ['a', 'b', 'a', 'c', 'b', 'd']
    const answers = await Promise.all(references.map((one) => post('Cases', { case_customerref: one })))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, 201, 201, 201, 409, 409])
    const created = (await find('Cases', 'case_caseid gt 0')).map(({ Case_CustomerRef }) => Case_CustomerRef)
    expect(created.sort()).toEqual(['a', 'b', 'c', 'd'])
  })
})

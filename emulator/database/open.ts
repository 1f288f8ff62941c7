import type { User } from '../accounts.ts'
import { seedCaptions } from './captions.ts'
import { Database } from './database.ts'
import { createSchema } from './schema.ts'

/** The database of an emulator: created if need be, with selection lists and the users who may log on. */
export function openDatabase(file: string, now: string): Database {
  const database = new Database(file)
  createSchema(database)
  database.transaction(() => seedCaptions(database, now))
  return database
}

/** Makes a Users record of each that has none. Returns the users with their ids. */
export function registerUsers(
  database: Database,
  users: readonly User[],
  now: string,
): (User & { userId: number })[] {
  return users.map((user) => {
    const known = database.get('SELECT User_UserId FROM Users WHERE User_Logon = ?', user.logon)
    const userId = known === undefined ? insertUser(database, user.logon, now) : Number(known['User_UserId'])
    return { ...user, userId }
  })
}

function insertUser(database: Database, logon: string, now: string): number {
  return database.run(
    `INSERT INTO Users (User_Logon, User_LastName, User_CreatedDate, User_UpdatedDate, User_TimeStamp)
     VALUES (?, ?, ?, ?, ?)`,
    logon,
    logon,
    now,
    now,
    now,
  )
}

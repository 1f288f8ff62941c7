import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process uses the folder. */
export class DataFolderLockedError extends Error {
  override readonly name = 'DataFolderLockedError'
}

/** What the holder of a folder tells others, in `instance.json`. */
export type InstanceFile = {
  readonly pid: number
  readonly url: string
  readonly control: string
  readonly crm: string
  /** Secrets nobody has given, and what stands for them: what is sent to this instance is signed with them. */
  readonly demoSecrets?: Readonly<Record<string, string>>
}

export type DataFolder = {
  announce(instance: InstanceFile): Promise<void>
  close(): Promise<void>
}

const LOCK = 'lock.db'
const INSTANCE = 'instance.json'
/** SQLite result code (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5
/** A folder with none of these and something else in it is not ours. */
const OURS: readonly string[] = [LOCK, INSTANCE, 'ledger.db', 'crm.db']

/**
 * Creates the folder if need be and holds it for the life of this process; `fresh` empties it first. The lock is
 * SQLite's own file lock, which the operating system releases when the process dies, however it dies.
 * @throws DataFolderLockedError naming the folder and who holds it
 * @throws Error when the folder holds files and none of them is ours, or cannot be written to
 */
export async function openDataFolder(
  folder: string,
  { fresh }: { readonly fresh: boolean },
): Promise<DataFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await refuseForeign(folder)
  const lock = await takeLock(folder)
  await rm(path.join(folder, INSTANCE), { force: true })
  if (fresh) await empty(folder)
  return {
    announce: (instance) => announce(folder, instance),
    close: async () => {
      await rm(path.join(folder, INSTANCE), { force: true })
      lock.close()
    },
  }
}

async function takeLock(folder: string): Promise<DatabaseSync> {
  try {
    return lockExclusively(path.join(folder, LOCK))
  } catch (cause) {
    if (isBusy(cause))
      throw new DataFolderLockedError(`the data folder ${folder} is in use${await holder(folder)}`, { cause })
    throw new Error(`the data folder ${folder} cannot be locked: ${String(cause)}`, { cause })
  }
}

function lockExclusively(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

/** Nobody is named before the holder has announced itself. */
async function holder(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, INSTANCE), 'utf8').catch(() => '')
  const [pid, url] = [/"pid":\s*(\d+)/, /"url":\s*"([^"]*)"/].map((pattern) => pattern.exec(text)?.[1])
  return pid === undefined ? '' : ` by process ${pid}, ${url}`
}

/** Whole or not at all: others read it while it is written. */
async function announce(folder: string, instance: InstanceFile): Promise<void> {
  const file = path.join(folder, INSTANCE)
  await writeFile(`${file}.new`, `${JSON.stringify(instance)}\n`)
  await rename(`${file}.new`, file)
}

async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length === 0 || names.some((name) => OURS.includes(name))) return
  throw new Error(`the data folder ${folder} holds other files; name an empty or a new folder`)
}

async function empty(folder: string): Promise<void> {
  const names = await readdir(folder)
  const ours = names.filter((name) => !name.startsWith(LOCK))
  await Promise.all(ours.map((name) => rm(path.join(folder, name), { recursive: true, force: true })))
}

import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { type Blobs, LIFETIMES_IN_DAYS } from './spill.ts'
import { StoreUnavailableError } from './store.ts'

const DAY_MS = 24 * 60 * 60_000
const PARTIAL = '.partial'

/** Blobs as files in a folder of one machine. A file is there whole and on the disk, or it is not there. */
export function folderBlobs(folder: string, now: () => number = Date.now): Blobs {
  const place = (name: string) => path.join(folder, name)
  let purgedAt: number | undefined
  const purgeNowAndThen = async () => {
    if (purgedAt !== undefined && now() - purgedAt < DAY_MS) return
    purgedAt = now()
    await Promise.all(LIFETIMES_IN_DAYS.map((days) => purge(place(`${days}d`), now() - days * DAY_MS)))
  }
  return {
    put: (name, bytes) =>
      attempt('written', async () => {
        await purgeNowAndThen()
        await writeWhole(place(name), bytes)
      }),
    get: (name) => attempt('read', () => readFile(place(name)).catch(absent)),
    delete: (name) => attempt('removed', () => rm(place(name), { force: true })),
    close: () => undefined,
  }
}

async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  const partial = `${file}${PARTIAL}`
  await mkdir(path.dirname(file), { recursive: true })
  const handle = await open(partial, 'w')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(partial, file)
  await syncFolder(path.dirname(file))
}

/** The rename itself is durable once the folder is; Windows cannot open folders and needs no telling. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function purge(folder: string, before: number): Promise<void> {
  const names = (await readdir(folder).catch(absent)) ?? []
  for (const name of names) {
    const file = path.join(folder, name)
    const found = await stat(file).catch(absent)
    if (found !== undefined && found.mtimeMs < before) await rm(file, { force: true })
  }
}

async function attempt<T>(done: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new StoreUnavailableError(`a spilled value cannot be ${done}`, { cause })
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

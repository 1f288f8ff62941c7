// One installation at a time.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const WAIT_MS = 200

/**
 * Takes the lock, a folder that holds the pid of its owner, and returns what gives it up. Throws when the owner is
 * alive for longer than `giveUpAfterMs`.
 */
export async function lock(folder, giveUpAfterMs) {
  const end = Date.now() + giveUpAfterMs
  while (!makes(folder) && !takesOver(folder)) {
    if (Date.now() > end)
      throw new Error(`another installation does not end; if none runs, remove ${folder} and start again`)
    await sleep(WAIT_MS)
  }
  writeFileSync(ownerFile(folder), String(process.pid))
  return () => rmSync(folder, { recursive: true, force: true })
}

/** A dead owner's lock goes to the one that makes the folder named after it, if nobody renewed the lock meanwhile. */
function takesOver(folder) {
  const owner = ownerOf(folder)
  if (owner === undefined || isAlive(Number(owner))) return false
  return makes(path.join(folder, `after-${owner}`)) && ownerOf(folder) === owner
}

function ownerOf(folder) {
  try {
    return readFileSync(ownerFile(folder), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function ownerFile(folder) {
  return path.join(folder, 'pid')
}

function makes(folder) {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return false
    throw error
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

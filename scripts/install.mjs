// Installs the dependencies when the lock file is not the one that was installed last.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const WAIT_MS = 200
const GIVE_UP_AFTER_MS = 10 * 60_000

/** Returns when what the lock file in `root` names is installed. Throws with npm's output when it cannot be. */
export async function installOnce(root) {
  if (isInstalled(root)) return
  const release = await lock(path.join(root, '.installing'))
  try {
    if (!isInstalled(root)) install(root)
  } finally {
    release()
  }
}

function isInstalled(root) {
  return readText(stampFile(root)) === lockHash(root)
}

function stampFile(root) {
  return path.join(root, 'node_modules', '.installed-lock')
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function install(root) {
  console.error('Installing dependencies …')
  const npm = spawnSync('npm', ['ci'], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  if (npm.status !== 0)
    throw new Error(`npm ci failed\n${npm.stdout ?? ''}${npm.stderr ?? ''}${npm.error ?? ''}`)
  const link = spawnSync(process.execPath, [path.join(root, 'scripts', 'link-node.mjs')], { cwd: root })
  if (link.status !== 0) throw new Error('Node 24 could not be linked into node_modules/.bin')
  writeFileSync(stampFile(root), lockHash(root))
}

/** One installation at a time: a directory that holds the pid of who is at it; a dead one's is taken over. */
async function lock(folder) {
  const owner = path.join(folder, 'pid')
  const end = Date.now() + GIVE_UP_AFTER_MS
  while (!tryToMake(folder)) {
    const pid = Number(readText(owner) ?? process.pid)
    if (!isAlive(pid) || Date.now() > end) rmSync(folder, { recursive: true, force: true })
    else await sleep(WAIT_MS)
  }
  writeFileSync(owner, String(process.pid))
  return () => rmSync(folder, { recursive: true, force: true })
}

function tryToMake(folder) {
  try {
    mkdirSync(folder)
    return true
  } catch {
    return false
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

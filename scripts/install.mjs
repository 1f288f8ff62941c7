// Installs the dependencies when the lock file is not the one that was installed last.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { lock } from './install-lock.mjs'

const GIVE_UP_AFTER_MS = 10 * 60_000

/**
 * Returns when what the lock file in `root` names is installed. Throws with npm's output when it cannot be, and when
 * somebody else's installation takes longer than `giveUpAfterMs`.
 */
export async function installOnce(root, { giveUpAfterMs = GIVE_UP_AFTER_MS } = {}) {
  if (isStamped(root)) return
  const release = await lock(path.join(root, '.installing'), giveUpAfterMs)
  try {
    if (!isStamped(root)) install(root)
  } finally {
    release()
  }
}

function isStamped(root) {
  return existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === lockHash(root)
}

function install(root) {
  if (!wasInstalledByNpm(root)) {
    console.error('Installing dependencies …')
    // What npm start runs are development dependencies: NODE_ENV=production must not leave them out.
    succeed('npm ci', spawnSync('npm ci --include=dev', { cwd: root, encoding: 'utf8', shell: true }))
  }
  const link = [path.join(root, 'scripts', 'link-node.mjs')]
  succeed('linking Node 24', spawnSync(process.execPath, link, { cwd: root, encoding: 'utf8' }))
  writeFileSync(stampFile(root), lockHash(root))
}

/** Somebody ran `npm ci` by hand: npm writes its own lock file into node_modules when all is there. */
function wasInstalledByNpm(root) {
  const installed = path.join(root, 'node_modules', '.package-lock.json')
  if (existsSync(stampFile(root)) || !existsSync(installed)) return false
  return statSync(installed).mtimeMs > statSync(path.join(root, 'package-lock.json')).mtimeMs
}

function succeed(what, { status, stdout, stderr, error }) {
  if (status !== 0) throw new Error(`${what} failed\n${[stdout, stderr, error].filter(Boolean).join('')}`)
}

function stampFile(root) {
  return path.join(root, 'node_modules', '.installed-lock')
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
}

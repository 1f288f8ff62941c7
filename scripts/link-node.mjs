// npm 10 drops node_modules/.bin/node when it discards the packages of other platforms; this puts it back.
// Plain JavaScript: it runs on whatever Node the machine has.
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const platform = process.platform === 'win32' ? 'win' : process.platform
const name = `node-${platform}-${process.arch}`

function packagedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    return path.join(path.dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    return undefined
  }
}

const binary = packagedNode()
const link = path.resolve('node_modules/.bin/node')
if (binary !== undefined && existsSync(binary) && !existsSync(link) && process.platform !== 'win32') {
  mkdirSync(path.dirname(link), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(path.relative(path.dirname(link), binary), link)
}

import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'

const run = promisify(execFile)
const SCRIPTS = path.join(import.meta.dirname, '../../scripts')

/** A tiny project with the real scripts and an npm that only says that it was called. */
async function project(npm = 'mkdir -p node_modules; echo called >> npm-calls') {
  const folder = await mkdtemp(path.join(tmpdir(), 'project-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await Promise.all([mkdir(path.join(folder, 'scripts')), mkdir(path.join(folder, 'bin'))])
  for (const file of ['run.mjs', 'install.mjs', 'link-node.mjs']) {
    await copyFile(path.join(SCRIPTS, file), path.join(folder, 'scripts', file))
  }
  await writeFile(path.join(folder, 'package-lock.json'), '{}')
  await writeFile(path.join(folder, 'bin/npm'), `#!/bin/sh\n${npm}\n`)
  await chmod(path.join(folder, 'bin/npm'), 0o755)
  await writeFile(
    path.join(folder, 'say.mjs'),
    'console.log(process.argv.slice(2).join(" ")); process.exitCode = 7',
  )
  const PATH = `${path.join(folder, 'bin')}:${process.env['PATH']}`
  const start = (...args: string[]) =>
    run(process.execPath, ['scripts/run.mjs', ...args], { cwd: folder, env: { ...process.env, PATH } }).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
  const calls = async () =>
    (await readFile(path.join(folder, 'npm-calls'), 'utf8').catch(() => '')).split('\n').length - 1
  return { folder, start, calls }
}

describe('the run script', () => {
  it('installs once, passes the arguments on and ends with the code of what it ran', async () => {
    const { start, calls } = await project()
    const first = await start('say.mjs', 'a', '--b')
    expect(first).toMatchObject({ code: 7, stdout: 'a --b\n', stderr: 'Installing dependencies …\n' })
    const second = await start('say.mjs')
    expect(second).toMatchObject({ code: 7, stderr: '' })
    expect(await calls()).toBe(1)
  })

  it('installs again when the lock file has changed', async () => {
    const { folder, start, calls } = await project()
    await start('say.mjs')
    await writeFile(path.join(folder, 'package-lock.json'), '{ "changed": true }')
    await start('say.mjs')
    expect(await calls()).toBe(2)
  })

  it('installs once for two that start at the same moment', async () => {
    const { start, calls } = await project('mkdir -p node_modules; echo called >> npm-calls; sleep 0.3')
    await Promise.all([start('say.mjs'), start('say.mjs')])
    expect(await calls()).toBe(1)
  })

  it('takes over from an installation that was killed', async () => {
    const { folder, start, calls } = await project()
    await mkdir(path.join(folder, '.installing'))
    await writeFile(path.join(folder, '.installing/pid'), '4194305')
    expect(await start('say.mjs')).toMatchObject({ code: 7 })
    expect(await calls()).toBe(1)
  })

  it('shows what npm said when it fails, and runs nothing', async () => {
    const { start } = await project('echo "no registry" >&2; exit 1')
    const result = await start('say.mjs', 'hello')
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('no registry')
  })
})

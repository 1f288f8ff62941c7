import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'

const run = promisify(execFile)
const SCRIPTS = path.join(import.meta.dirname, '../../scripts')
/** No process has it: it lies above the largest pid of Linux. */
const DEAD_PID = '4194305'

const PROGRAMS = {
  'say.mjs': 'console.log(process.argv.slice(2).join(" ")); process.exitCode = 7',
  'path.mjs': 'console.log(process.env.PATH.split(":")[0], process.connected)',
  'wait.mjs': `process.on('SIGTERM', () => process.exit(9))
    process.on('SIGINT', () => console.log('interrupted'))
    process.on('disconnect', () => process.exit(0))
    console.log(process.pid)`,
  'killed.mjs': "process.kill(process.pid, 'SIGKILL')",
  'impatient.mjs': `import { installOnce } from './scripts/install.mjs'
    await installOnce(import.meta.dirname, { giveUpAfterMs: 0 })`,
}

/** A tiny project with the real scripts and an npm that only says that it was called. */
async function project(npm = 'mkdir -p node_modules; echo "$@" >> npm-calls') {
  const folder = await mkdtemp(path.join(tmpdir(), 'project-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(SCRIPTS, path.join(folder, 'scripts'), { recursive: true })
  await mkdir(path.join(folder, 'bin'))
  await writeFile(path.join(folder, 'package-lock.json'), '{}')
  await writeFile(path.join(folder, 'bin/npm'), `#!/bin/sh\n${npm}\n`)
  await chmod(path.join(folder, 'bin/npm'), 0o755)
  for (const [name, text] of Object.entries(PROGRAMS)) await writeFile(path.join(folder, name), text)
  const env = { ...process.env, PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}` }
  const node = (...args: string[]) =>
    run(process.execPath, args, { cwd: folder, env }).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
  const start = (...args: string[]) => node('scripts/run.mjs', ...args)
  const calls = async () =>
    (await readFile(path.join(folder, 'npm-calls'), 'utf8').catch(() => '')).split('\n').slice(0, -1)
  return { folder, env, node, start, calls }
}

/** `wait.mjs` behind the run script, once it listens. */
async function waiting() {
  const { folder, env } = await project()
  const script = spawn(process.execPath, ['scripts/run.mjs', 'wait.mjs'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void script.kill('SIGKILL'))
  return { script, pid: Number(await said(script)) }
}

async function said({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the output is not piped')
  const [text] = (await once(stdout, 'data')) as [Buffer]
  return text.toString().trim()
}

describe('the installation', () => {
  it('happens once, and is not repeated while the lock file stays', async () => {
    const { start, calls } = await project()
    expect(await start('say.mjs')).toMatchObject({ code: 7, stderr: 'Installing dependencies …\n' })
    expect(await start('say.mjs')).toMatchObject({ code: 7, stderr: '' })
    expect(await calls()).toEqual(['ci --include=dev'])
  })

  it('is repeated when the lock file has changed', async () => {
    const { folder, start, calls } = await project()
    await start('say.mjs')
    await writeFile(path.join(folder, 'package-lock.json'), '{ "changed": true }')
    await start('say.mjs')
    expect(await calls()).toHaveLength(2)
  })

  it.each([
    ['counts when it was done by hand after the lock file changed', 60, 0],
    ['does not count when it was done by hand before the lock file changed', -60, 1],
  ])('%s', async (_, laterByS, expected) => {
    const { folder, start, calls } = await project()
    const installed = path.join(folder, 'node_modules/.package-lock.json')
    await mkdir(path.dirname(installed))
    await writeFile(installed, '{}')
    const at = Date.now() / 1000 + laterByS
    await utimes(installed, at, at)
    expect(await start('say.mjs')).toMatchObject({ code: 7 })
    expect(await calls()).toHaveLength(expected)
    await utimes(installed, 0, 0)
    expect(await start('say.mjs')).toMatchObject({ code: 7, stderr: '' })
  })

  it('happens once for several that start at the same moment', async () => {
    const { start, calls } = await project('mkdir -p node_modules; echo "$@" >> npm-calls; sleep 0.3')
    await Promise.all(Array.from({ length: 4 }, () => start('say.mjs')))
    expect(await calls()).toHaveLength(1)
  })

  it('is taken over once from one that was killed', async () => {
    const { folder, start, calls } = await project()
    await mkdir(path.join(folder, '.installing'))
    await writeFile(path.join(folder, '.installing/pid'), DEAD_PID)
    const results = await Promise.all(Array.from({ length: 4 }, () => start('say.mjs')))
    expect(results.map((result) => 'code' in result && result.code)).toEqual([7, 7, 7, 7])
    expect(await calls()).toHaveLength(1)
  })

  it('is not waited for without end', async () => {
    const { folder, node, calls } = await project()
    await mkdir(path.join(folder, '.installing'))
    await writeFile(path.join(folder, '.installing/pid'), String(process.pid))
    const result = await node('impatient.mjs')
    expect(result).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/remove .*\.installing and start/),
    })
    expect(await calls()).toEqual([])
  })

  it('shows what npm said when it fails, and runs nothing', async () => {
    const { start } = await project('echo "no registry" >&2; exit 1')
    const result = await start('say.mjs', 'hello')
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('no registry')
  })

  it('that failed is tried again by the next one', async () => {
    const { start, calls } = await project('mkdir -p node_modules; echo "$@" >> npm-calls; exit 1')
    await start('say.mjs')
    await start('say.mjs')
    expect(await calls()).toHaveLength(2)
  })
})

describe('the run script', () => {
  it('passes the arguments on and ends with the code of what it ran', async () => {
    const { start } = await project()
    expect(await start('say.mjs', 'a', '--b', 'c d')).toMatchObject({ code: 7, stdout: 'a --b c d\n' })
  })

  it('gives the installed commands precedence and a channel that closes with it', async () => {
    const { folder, start } = await project()
    const { stdout } = await start('path.mjs')
    expect(stdout).toMatch(new RegExp(`${path.basename(folder)}/node_modules/.bin true\n$`))
  })

  it('runs on the packaged Node where there is one', async () => {
    const { folder, start } = await project()
    await start('say.mjs')
    const node = path.join(folder, 'node_modules/.bin/node')
    await mkdir(path.dirname(node), { recursive: true })
    await writeFile(node, '#!/bin/sh\necho "packaged $@"\n', { mode: 0o755 })
    expect(await start('say.mjs', 'a')).toMatchObject({ stdout: 'packaged say.mjs a\n' })
  })

  it('ends as a shell does when what it ran is killed', async () => {
    const { start } = await project()
    expect(await start('killed.mjs')).toMatchObject({ code: 128 + 9 })
  })

  it('hands SIGTERM on', async () => {
    const { script } = await waiting()
    script.kill('SIGTERM')
    expect(await once(script, 'exit')).toEqual([9, null])
  })

  it('outlives Ctrl-C, which reaches what it runs directly', async () => {
    const { script, pid } = await waiting()
    script.kill('SIGINT')
    process.kill(pid, 'SIGINT')
    expect(await said(script)).toBe('interrupted')
    expect(script.exitCode).toBeNull()
  })

  it('takes what it runs with it when it is killed', async () => {
    const { script } = await waiting()
    script.kill('SIGKILL')
    // The pipe is inherited: it closes when the last of the two is gone.
    expect(await once(script, 'close')).toEqual([null, 'SIGKILL'])
  })
})

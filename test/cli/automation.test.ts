import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const MAIN = path.join(import.meta.dirname, '../../cli/main.ts')

/** `npm run cli -- automation …` in an empty folder. */
async function automation(...args: readonly string[]) {
  const cwd = await mkdtemp(path.join(tmpdir(), 'automation-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'automation', ...args],
      { cwd, env: {} },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

it('lists every automation there is, with those that are off', async () => {
  const { code, stdout } = await automation()
  expect(code).toBe(0)
  for (const name of [
    'close-answered-cases',
    'escalate-overdue-cases',
    'follow-up-quotes',
    'nudge-stale-opportunities',
  ])
    expect(stdout).toMatch(new RegExp(`${name} +│ off`))
})

it('says that an automation is off, or that there is none of that name', async () => {
  const [off, none] = [await automation('follow-up-quotes', '--dry-run'), await automation('tidy-up')]
  expect(off.stderr).toMatch(/automations\.follow-up-quotes: it is off; integration\.config\.ts/)
  expect(none.stderr).toMatch(/automations\.tidy-up: there is no such automation/)
  expect([off.code, none.code]).toEqual([1, 1])
})

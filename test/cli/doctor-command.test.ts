import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Finding } from '../../cli/doctor/finding.ts'
import { startEmulator } from '../../emulator/server.ts'

const MAIN = path.join(import.meta.dirname, '../../cli/main.ts')
/** Of the shop in integration.config.ts. */
const SECRET = { SHOP_WEBHOOK_SECRET: 'secret' }

/** `npm run doctor -- …` in an empty folder, so that nobody's .env plays a part. */
async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const cwd = await mkdtemp(path.join(tmpdir(), 'doctor-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [MAIN, 'doctor', ...args], { cwd, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

async function emulated() {
  const emulator = await startEmulator({ seed: true })
  onTestFinished(() => emulator.close())
  return emulator
}

it('prints one line for each finding and ends with 0 when nothing stands in the way', async () => {
  const { baseUrl } = await emulated()
  const env = { ...SECRET, CRM_URL: baseUrl, CRM_USER: 'admin', CRM_PASSWORD: 'admin' }
  const { code, stdout } = await doctor(['--write'], env)
  expect(stdout).toMatch(/^✓ sources: .*\n✓ reachable: /)
  expect(stdout).toMatch(/^✓ dialect: answers like /m)
  expect(stdout).toMatch(/Nothing stands in the way\.\n$/)
  expect(code).toBe(0)
})

it('ends with 1 when something is to be put right, and says what to do', async () => {
  const { baseUrl } = await emulated()
  const { code, stdout } = await doctor(['--crm', baseUrl], {
    ...SECRET,
    CRM_USER: 'admin',
    CRM_PASSWORD: 'secret-word',
  })
  expect(stdout).toMatch(/^✗ credentials: .*401.*\n {4}→ log on to Sage CRM/m)
  expect(stdout).toMatch(/1 to be put right\.\n$/)
  expect([code, stdout.includes('secret-word')]).toEqual([1, false])
})

it('prints one JSON document, with the same exit code', async () => {
  const { baseUrl } = await emulated()
  const env = { ...SECRET, CRM_URL: baseUrl, CRM_USER: 'admin' }
  const well = await doctor(['--json'], { ...env, CRM_PASSWORD: 'admin' })
  const ill = await doctor(['--json'], env)
  const read = (text: string) => JSON.parse(text) as { crm: string; ok: boolean; findings: Finding[] }
  expect([well.code, read(well.stdout).ok, read(well.stdout).crm]).toEqual([0, true, new URL(baseUrl).origin])
  expect([ill.code, read(ill.stdout).ok]).toEqual([1, false])
  expect(read(ill.stdout).findings.at(-1)).toMatchObject({ what: 'credentials', ok: false })
})

it('says which variables it needs when it has none', async () => {
  const { code, stderr } = await doctor([])
  expect([code, stderr]).toEqual([1, expect.stringContaining('CRM_URL, CRM_USER and CRM_PASSWORD')])
})

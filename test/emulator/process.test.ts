import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startEmulator } from '../../emulator/server.ts'
import { ADMIN, basic } from './crm.ts'
import { newDataFile } from './data-file.ts'

const MAIN = path.join(import.meta.dirname, '../../emulator/main.ts')

type Running = { readonly child: ChildProcess; readonly baseUrl: string; readonly said: string }

function spawnMain(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function runMain(args: readonly string[], env: Record<string, string> = {}): Promise<Running> {
  const child = spawnMain(['--port', '0', ...args], env)
  const [[message], [line]] = await Promise.all([
    once(child, 'message') as Promise<[{ type: string; origin: string; baseUrl: string }]>,
    once(child.stdout ?? child, 'data') as Promise<[Buffer]>,
  ])
  expect(message).toMatchObject({ type: 'ready', baseUrl: `${message.origin}/sdata/crmj/sagecrm2/-` })
  return { child, baseUrl: message.baseUrl, said: line.toString() }
}

async function create({ baseUrl }: Running, name: string): Promise<number> {
  const response = await fetch(`${baseUrl}/Company`, {
    method: 'POST',
    headers: { authorization: ADMIN },
    body: JSON.stringify({ comp_name: name }),
  })
  return Number(((await response.json()) as { $key: number }).$key)
}

describe('the emulator as a process', () => {
  it('says where it is ready, with a demo company to look at', async () => {
    const { baseUrl, said } = await runMain([])
    expect(said.split('\n', 1)).toEqual([`Sage CRM emulator ready at ${baseUrl} (user admin)`])
    const response = await fetch(`${baseUrl}/Company('43')`, { headers: { authorization: ADMIN } })
    expect(await response.json()).toMatchObject({ Comp_Name: 'Gatecom Inc.' })
  })

  it('takes its credentials from the environment', async () => {
    const { baseUrl } = await runMain([], { EMULATOR_USER: 'susan', EMULATOR_PASSWORD: 'secret' })
    const statusFor = async (authorization: string) =>
      (await fetch(`${baseUrl}/Company`, { headers: { authorization } })).status
    expect([await statusFor(ADMIN), await statusFor(basic('susan', 'secret'))]).toEqual([401, 200])
  })

  it('keeps every answered write when it is killed, and gives no id twice', async () => {
    const file = await newDataFile()
    const first = await runMain(['--data', file])
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => create(first, `Company ${index}`)))
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const second = await runMain(['--data', file])
    for (const [index, id] of ids.entries()) {
      const response = await fetch(`${second.baseUrl}/Company('${id}')`, {
        headers: { authorization: ADMIN },
      })
      expect(await response.json()).toMatchObject({ Comp_Name: `Company ${index}` })
    }
    expect(await create(second, 'One more')).toBe(Math.max(...ids) + 1)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s', async (signal) => {
    const { child } = await runMain([])
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('leaves Ctrl-C to a parent that says so', async () => {
    const { child, baseUrl } = await runMain([], { LOCAL_CHILD: '1' })
    child.kill('SIGINT')
    expect((await fetch(`${baseUrl}/Company`, { headers: { authorization: ADMIN } })).status).toBe(200)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('ends when its parent is gone', async () => {
    const { child } = await runMain([])
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('exits with 1 and says so when the port is taken', async () => {
    const other = await startEmulator()
    onTestFinished(() => other.close())
    const child = spawnMain(['--port', String(other.port)])
    let said = ''
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString()
    })
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(said).toMatch(/port \S* ?is already in use/)
  })

  it('exits with 1 and names an option it cannot read', async () => {
    const child = spawnMain(['--port', 'many'])
    let said = ''
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString()
    })
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(said).toContain('--port')
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

export type Running = { readonly message: Readonly<Record<string, unknown>>; close(): Promise<void> }

/** A process of its own; resolves with the first message it sends. It ends when its channel is closed. */
export async function startProcess(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  })
  const exited = once(child, 'exit')
  const failed = exited.then(([code]) => {
    throw new Error(`${file} ended with ${code}`)
  })
  const [message] = (await Promise.race([once(child, 'message'), failed])) as [Running['message']]
  failed.catch(() => undefined)
  const close = async () => {
    if (child.connected) child.disconnect()
    await exited
  }
  return { message, close }
}

export type EmulatorProcess = { readonly baseUrl: string; close(): Promise<void> }

/** The emulator with its database on disk, as anybody would start it. */
export async function startEmulatorProcess(companies: number): Promise<EmulatorProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-crm-'))
  const args = ['--port', '0', '--data', path.join(folder, 'crm.db'), '--companies', String(companies)]
  const { message, close } = await startProcess('emulator/main.ts', args)
  return {
    baseUrl: String(message['baseUrl']),
    close: async () => {
      await close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export const USER = { user: 'admin', password: 'admin' }
export const HEADERS = {
  authorization: `Basic ${Buffer.from(`${USER.user}:${USER.password}`).toString('base64')}`,
  'content-type': 'application/json',
}

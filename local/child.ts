import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export type Child = {
  /** What the child said when it was ready. */
  readonly ready: unknown
  /** Ends it: SIGTERM, and SIGKILL when it does not end by itself. */
  stop(): Promise<void>
}

const STOP_WITHIN_MS = 3_000
const KEPT_CHARACTERS = 4_000

/**
 * Starts a TypeScript file as a Node process that says `{ type: 'ready', … }` over IPC. It ends with its parent: the
 * channel closes and it exits on 'disconnect'.
 * @throws Error with the end of its stderr when it exits before it is ready
 */
export async function startChild(file: string, args: readonly string[]): Promise<Child> {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-KEPT_CHARACTERS)
  })
  const ready = await new Promise<unknown>((resolve, reject) => {
    child.on('message', (message) => {
      if ((message as { type?: unknown }).type === 'ready') resolve(message)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it was ready\n${said}`)))
  })
  return { ready, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exited
  clearTimeout(timer)
}

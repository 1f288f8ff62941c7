import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export type Child = {
  /** What the child said when it was ready. */
  readonly ready: unknown
  readonly pid: number
  /** Ends it: SIGTERM, and SIGKILL when it does not end by itself in time. */
  stop(): Promise<void>
  /** Its exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>
}

export type ChildOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly stopWithinMs?: number
}

const STOP_WITHIN_MS = 3_000
const KEPT_CHARACTERS = 4_000

/**
 * Starts a TypeScript file as a Node process that says `{ type: 'ready', … }` over IPC. It ends with its parent: the
 * channel closes and it exits on 'disconnect'. Its environment is `env` alone, so that two machines run it alike, and
 * LOCAL_CHILD=1: Ctrl-C reaches the whole process group, and a child leaves it to its parent, which stops it after
 * what is in flight.
 * @throws Error with the end of its stderr when it exits before it is ready
 */
export async function startChild(
  file: string,
  args: readonly string[],
  { env = {}, stopWithinMs = STOP_WITHIN_MS }: ChildOptions = {},
): Promise<Child> {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...env, LOCAL_CHILD: '1' },
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = await readiness(child, file)
  return { ready, pid: child.pid ?? 0, stop: () => stop(child, stopWithinMs), exited }
}

function readiness(child: ChildProcess, file: string): Promise<unknown> {
  let said = ''
  child.stderr?.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-KEPT_CHARACTERS)
  })
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message)
    })
    child.once('error', reject)
    // Not 'exit': its stderr may not have been read to the end by then.
    child.once('close', (code, signal) =>
      reject(new Error(`${file} ended with ${code ?? signal} before it was ready\n${said}`)),
    )
  })
}

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready'
}

async function stop(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
  await exited
  clearTimeout(timer)
}

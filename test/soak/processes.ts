import { type Child, startChild } from '../../local/child.ts'

export type Process<Ready> = {
  /** What the present one said when it was ready; undefined between a death and the next start. */
  current(): Ready | undefined
  /** SIGKILL, then another one in its place. */
  replace(): Promise<void>
  stop(): Promise<void>
}

export type ProcessOptions<Ready> = {
  readonly file: string
  /** Arguments of a start; `earlier`: what the first one said, whose ports a server takes again. */
  readonly args?: (earlier: Ready | undefined) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly read: (said: unknown) => Ready
  /** Told of every start, before anybody else is. */
  readonly onReady?: (ready: Ready) => Promise<void>
}

/** A port is not always free again at once. */
const TRIES = 5

/** A process that is killed and started again. It ends with this one. */
export async function startProcess<Ready>(options: ProcessOptions<Ready>): Promise<Process<Ready>> {
  const { file, args = () => [], env = {}, read, onReady = async () => undefined } = options
  let first: Ready | undefined
  let current: Ready | undefined
  let child: Child | undefined
  const start = async () => {
    child = await persistently(() => startChild(file, args(first), { env }))
    const ready = read(child.ready)
    first ??= ready
    await onReady(ready)
    current = ready
  }
  await start()
  return {
    current: () => current,
    replace: async () => {
      current = undefined
      if (child !== undefined) await kill(child)
      await start()
    },
    stop: async () => {
      current = undefined
      await child?.stop()
    },
  }
}

async function kill(child: Child): Promise<void> {
  process.kill(child.pid, 'SIGKILL')
  await child.exited
}

async function persistently<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start()
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}

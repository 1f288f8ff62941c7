import path from 'node:path'
import * as z from 'zod'
import { startProcess } from './processes.ts'

const WORKER = path.join(import.meta.dirname, 'worker-main.ts')
const Ready = z.object({ url: z.url() })

export type Fleet = {
  /** Addresses of the workers that live. */
  urls(): readonly string[]
  /** SIGKILL for one of them, and a new one in its place. */
  killOne(): Promise<void>
  stop(): Promise<void>
}

/** Several workers on one ledger. */
export async function startFleet(
  count: number,
  env: Readonly<Record<string, string>>,
  random: () => number,
): Promise<Fleet> {
  const start = () => startProcess({ file: WORKER, env, read: Ready.parse })
  const workers = await Promise.all(Array.from({ length: count }, start))
  return {
    urls: () => workers.flatMap((worker) => worker.current()?.url ?? []),
    killOne: async () => {
      await workers[Math.floor(random() * workers.length)]?.replace()
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { onTestFinished, vi } from 'vitest'
import { eventsCommand } from '../../cli/events.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { drain } from '../../lib/delivery/drain.ts'
import { queueRetry } from '../../lib/delivery/retry-queue.ts'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import { minute, startPipe, type TestPipe } from '../support/pipe.ts'

export type Ran = {
  readonly out: string
  readonly exitCode: number
  /** Lines of JSON that were printed. */
  json<T = Record<string, unknown>>(): T[]
}

export type Operated = TestPipe & {
  readonly folder: string
  /** Runs `events <words>` on the data folder. */
  run(...words: string[]): Promise<Ran>
  /** As `run`, while the pipe works through what is due. */
  runWhileDelivering(...words: string[]): Promise<Ran>
}

/** The real pipe with its ledger in a data folder, and the real commands on it. */
export async function startOperated(): Promise<Operated> {
  const folder = await mkdtemp(path.join(tmpdir(), 'events-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'ledger.db')
  const open = async (now: () => number) => openSqliteStore({ file, synchronous: 'normal', now })
  const started = await startPipe({ on: { name: 'SQLite in a file', open } })
  await writeFile(path.join(folder, 'ledger.key'), 'a secret of the tests')
  await writeFile(path.join(folder, 'instance.json'), JSON.stringify({ crm: started.emulator.baseUrl }))
  const run = (...words: string[]) => runEvents([...words, '--data', folder])
  const runWhileDelivering = async (...words: string[]) => {
    let isOver = false
    const running = run(...words).finally(() => {
      isOver = true
    })
    await vi.waitUntil(
      async () => {
        await drain(started.pipe, minute())
        await deliverQueued(started)
        return isOver
      },
      { timeout: 20_000 },
    )
    return running
  }
  return { ...started, folder, run, runWhileDelivering }
}

/** The messages that are due at once, as another worker would get them. */
async function deliverQueued({ pipe, queued }: TestPipe): Promise<void> {
  for (const { eventId, delayMs } of queued.splice(0)) {
    if (delayMs === 0) await queueRetry(pipe, eventId, await deliver(eventId, pipe, minute()))
    else queued.push({ eventId, delayMs })
  }
}

/** Runs `events <words>` as `npm run events` does. Throws what the command throws. */
export async function runEvents(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  eventsCommand(program, environment)
  try {
    await program.parseAsync(['events', ...words], { from: 'user' })
    const exitCode = Number(process.exitCode ?? 0)
    const json = <T>() => lines.map((line) => JSON.parse(line) as T)
    return { out: lines.join('\n'), exitCode, json }
  } finally {
    process.exitCode = 0
    log.mockRestore()
  }
}

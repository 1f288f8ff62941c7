import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished, vi } from 'vitest'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/server.ts'
import { defineConfig } from '../../lib/config/config.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { Gate } from '../../lib/delivery/gate.ts'
import { Ledger } from '../../lib/delivery/ledger.ts'
import { naturalKeys } from '../../lib/delivery/natural-keys.ts'
import type { Outcome } from '../../lib/delivery/outcome.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { Slots } from '../../lib/delivery/slots.ts'
import type { HttpRequest } from '../../lib/intake/request.ts'
import { planFor } from '../../lib/plans/index.ts'
import { loadSource } from '../../lib/sources/index.ts'
import type { MetricName } from '../../lib/values/metrics.ts'
import { type LedgerStore, SQLITE } from './ledger-stores.ts'

export const TEST_USER = { logon: 'admin', password: 'admin' }
const LONGEST_REQUEST_MS = 300
const HOUR_MS = 60 * 60_000

export type TestPipe = {
  readonly pipe: Pipe
  readonly emulator: Emulator
  /** Messages the pipe has put on the queue. */
  readonly queued: { readonly eventId: string; readonly delayMs: number }[]
  /** Runs of automations that are to go on. */
  readonly runs: { readonly automation: string; readonly delayMs: number }[]
  /** What the pipe has counted. */
  readonly metrics: { readonly name: MetricName; readonly value: number }[]
  /** Moves the clocks of the ledger and of the CRM. */
  advance(ms: number): void
  /** Posts a form to the instance `contact`. */
  submit(fields: Readonly<Record<string, string>>): Promise<{ eventId: string; outcome: Outcome }>
  /** Delivers what waits, moving the clock to when it may, until it is finished. */
  untilFinished(eventId: string, over?: Pipe): Promise<Outcome>
}

export type PipeOptions = Partial<Pipe> &
  Pick<EmulatorOptions, 'dialect' | 'switches' | 'unique' | 'seed' | 'longestRequestMs'> & {
    readonly on?: LedgerStore
  }

/** The real pipe over a real emulator, with an empty ledger whose clock the test can move. */
export async function startPipe({
  dialect = '2022R2',
  switches = {},
  unique = [],
  seed = false,
  on = SQLITE,
  longestRequestMs = LONGEST_REQUEST_MS,
  ...parts
}: PipeOptions = {}): Promise<TestPipe> {
  let skippedMs = 0
  const emulator = await startEmulator({
    dialect,
    switches,
    unique,
    seed,
    users: [TEST_USER],
    longestRequestMs,
    now: () => new Date(Date.now() + skippedMs),
  })
  const store = await on.open(() => Date.now() + skippedMs)
  const queued: TestPipe['queued'] = []
  const runs: TestPipe['runs'] = []
  const metrics: TestPipe['metrics'] = []
  const pipe = { ...testPipe(emulator, store, { queued, runs, metrics }, longestRequestMs), ...parts }
  onTestFinished(async () => {
    pipe.crm.close()
    await Promise.all([store.close(), emulator.close()])
  })
  const advance = (ms: number) => {
    skippedMs += ms
  }
  return {
    pipe,
    emulator,
    queued,
    runs,
    metrics,
    advance,
    submit: (fields) => receive(formRequest(fields), { kind: 'form', name: 'contact' }, pipe, minute()),
    untilFinished: (eventId, over = pipe) => untilFinished(eventId, over, advance, emulator),
  }
}

function testPipe(
  emulator: Emulator,
  store: Pipe['ledger']['store'],
  { queued, runs, metrics }: Pick<TestPipe, 'queued' | 'runs' | 'metrics'>,
  longestRequestMs: number,
): Pipe {
  const requestTimeoutMs = 2 * longestRequestMs
  const random = () => 0.5
  const monotonicMs = () => performance.now()
  return {
    config: defineConfig({
      installation: 'test',
      publicUrl: 'http://localhost',
      sources: {
        contact: { source: 'web-form', options: { honeypot: '_gotcha' } },
        private: { source: 'web-form', secrets: ['PRIVATE_TOKEN'] },
        forgotten: { source: 'web-form', secrets: ['NEVER_SET'] },
        tickets: { source: 'ticket' },
        thanking: { source: 'web-form', thankYouUrl: 'https://example.com/thanks' },
      },
      case: { source: 'Web', priority: 'Normal' },
    }),
    ledger: new Ledger(store, { payloadDays: 30 }),
    ledgerBegan: async () => store.now() - 2 * HOUR_MS,
    naturalKeys: naturalKeys(store, 'a secret of the tests', sleep),
    gate: new Gate({ store, credentials: async () => 'the test user', random, monotonicMs }),
    slots: new Slots({ store, count: 8, random, sleep: () => sleep(0) }),
    crm: createCrmClient({
      baseUrl: emulator.baseUrl,
      credentials: { user: TEST_USER.logon, password: TEST_USER.password },
      requestTimeoutMs,
      entities: loadEntity,
    }),
    times: { requestTimeoutMs, longestRequestMs, sendWindowMs: 5 * longestRequestMs },
    entities: loadEntity,
    queue: {
      send: async (eventId, delayMs) => void queued.push({ eventId, delayMs }),
      sendRun: async (automation, delayMs) => void runs.push({ automation, delayMs }),
    },
    secret: async (name) => (name === 'PRIVATE_TOKEN' ? ['s3cret'] : []),
    loadSource,
    plan: planFor,
    hash: (text) => text,
    random,
    monotonicMs,
    metrics: { count: (name, value) => void metrics.push({ name, value }) },
    notify: async () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  }
}

/** A form post as intake hands it on. */
export function formRequest(fields: Readonly<Record<string, string | undefined>>): HttpRequest {
  return {
    method: 'POST',
    path: '/forms/contact',
    rawQuery: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams(Object.entries(fields) as [string, string][]).toString()),
    sourceIp: '127.0.0.1',
  }
}

export function minute() {
  const end = performance.now() + 60_000
  return { remainingMs: () => end - performance.now() }
}

async function untilFinished(
  eventId: string,
  pipe: Pipe,
  advance: (ms: number) => void,
  emulator: Emulator,
): Promise<Outcome> {
  for (let tries = 0; tries < 20; tries += 1) {
    const outcome = await deliver(eventId, pipe, minute())
    if (outcome.kind !== 'retry-later') return outcome
    await atRest(emulator)
    advance(Math.max(0, outcome.notBefore - pipe.ledger.store.now()) + 1)
  }
  throw new Error(`${eventId} is still not finished after 20 tries`)
}

/** The quarantine is longer than any request: where its time is skipped, what is still under way must end first. */
async function atRest({ controlUrl }: Emulator): Promise<void> {
  await vi.waitFor(async () => {
    const { concurrency } = (await (await fetch(`${controlUrl}/stats`)).json()) as { concurrency: number }
    if (concurrency > 0) throw new Error(`${concurrency} requests are under way`)
  }, 10_000)
}

import path from 'node:path'
import * as z from 'zod'
import { type Process, startProcess } from './processes.ts'

/** A fifth of all writes goes wrong; a 429 may meet a read, too. */
const RATES = {
  status500Before: 0.05,
  status500After: 0.05,
  status429: 0.03,
  resetAfter: 0.05,
  lateCommit: 0.02,
}
/** Nothing is worked on for longer; the workers' quarantine is four times as long, for a machine that is busy. */
const LONGEST_REQUEST_MS = 500
const EMULATOR = path.join(import.meta.dirname, '../../emulator/main.ts')
const AUTHORIZATION = `Basic ${Buffer.from('admin:admin').toString('base64')}`
const PAGE = 1_000

export type Row = Readonly<Record<string, unknown>>

/** By method and resource. */
export type Counted = {
  readonly requests: ReadonlyMap<string, number>
  /** Of these the writes that took effect. */
  readonly writes: ReadonlyMap<string, number>
}

export type EmulatedCrm = {
  readonly url: string
  restart(): Promise<void>
  /** No more faults from now on. */
  calm(): Promise<void>
  /** What it has counted, restarts included. */
  counted(): Promise<Counted>
  /** Every record of an entity, over HTTP. */
  all(entity: string, fields: readonly string[]): Promise<readonly Row[]>
  stop(): Promise<void>
}

const Ready = z.object({ baseUrl: z.url(), controlUrl: z.url() })
type Ready = z.infer<typeof Ready>
const Counts = z.record(z.string(), z.number())
const Stats = z.object({ byMethodAndResource: Counts, committed: Counts })
const Feed = z.object({ $resources: z.array(z.record(z.string(), z.unknown())) })

/** The emulator as a process, with a seeded mix of faults: other ones after each restart, the same for the same seed. */
export async function startEmulatedCrm(folder: string, seed: number): Promise<EmulatedCrm> {
  const requests = new Map<string, number>()
  const writes = new Map<string, number>()
  let starts = 0
  const server = await startProcess({
    file: EMULATOR,
    args: (earlier) => argsOf(folder, earlier),
    read: Ready.parse,
    onReady: async ({ controlUrl }) => {
      starts += 1
      await control(controlUrl, 'PUT', 'random', { seed: seed + starts, rates: RATES })
    },
  })
  const { baseUrl: url, controlUrl } = known(server)
  const count = async () => {
    const { byMethodAndResource, committed } = Stats.parse(await control(controlUrl, 'GET', 'stats'))
    addTo(requests, byMethodAndResource)
    addTo(writes, committed)
    await control(controlUrl, 'DELETE', 'stats')
  }
  return {
    url,
    restart: async () => {
      await count()
      await server.replace()
    },
    calm: async () => void (await control(controlUrl, 'DELETE', 'random')),
    counted: async () => {
      await count()
      return { requests, writes }
    },
    all: (entity, fields) => readAll(url, entity, fields),
    stop: server.stop,
  }
}

function addTo(counts: Map<string, number>, more: z.infer<typeof Counts>): void {
  for (const [what, number] of Object.entries(more)) counts.set(what, (counts.get(what) ?? 0) + number)
}

function argsOf(folder: string, earlier: Ready | undefined): readonly string[] {
  const [port, controlPort] = [earlier?.baseUrl, earlier?.controlUrl].map((url) =>
    url === undefined ? '0' : new URL(url).port,
  )
  const ports = ['--port', port ?? '0', '--control-port', controlPort ?? '0']
  const longest = ['--longest-request-ms', String(LONGEST_REQUEST_MS)]
  return [...ports, ...longest, '--data', path.join(folder, 'crm.db')]
}

function known(server: Process<Ready>): Ready {
  const ready = server.current()
  if (ready === undefined) throw new Error('the emulator does not run')
  return ready
}

async function control(url: string, method: string, what: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}/${what}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${what}: ${response.status} ${text}`)
  return JSON.parse(text) as unknown
}

/** Every record of an entity of the CRM at an address, over HTTP. */
export async function readAll(
  url: string,
  entity: string,
  fields: readonly string[],
): Promise<readonly Row[]> {
  const found: Row[] = []
  for (;;) {
    const query = `count=${PAGE}&startIndex=${found.length + 1}&select=${fields.join(',')}`
    const response = await fetch(`${url}/${entity}?${query}`, { headers: { authorization: AUTHORIZATION } })
    if (!response.ok) throw new Error(`${entity}: ${response.status} ${await response.text()}`)
    const { $resources } = Feed.parse(await response.json())
    found.push(...$resources)
    if ($resources.length < PAGE) return found
  }
}

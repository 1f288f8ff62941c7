import { mkdtemp, readFile, rm } from 'node:fs/promises'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Figure, figure, report } from './figure.ts'
import { startProcess } from './process.ts'
import { type Candidate, candidates } from './start/candidates.ts'
import { functionEnvironment } from './start/environment.ts'
import { firstRequest } from './start/first-request.ts'

/**
 * `npm run bench:start`: what a cold start costs, as medians of fresh processes. Loading and putting together each function
 * as it is deployed, next to the usual stack and to the least a function can be; the first outgoing request of a process;
 * the first delivery of a process next to a warm one.
 */
const PROCESSES = 21
const folder = await mkdtemp(path.join(tmpdir(), 'bench-start-'))
try {
  const all = await candidates(folder)
  const loads = await measureLoads(all)
  const outgoing = await measureOutgoing()
  const figures = [...loadFigures(all, loads), ...outgoing, ...(await firstRequest())]
  const { table, failed } = report(figures)
  console.log(table)
  for (const what of failed) console.error(`missed: ${what}`)
  if (failed.length > 0) process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** One process of each candidate in turn, so that whatever else the machine does meets all of them. */
async function measureLoads(all: readonly Candidate[]): Promise<ReadonlyMap<string, number[]>> {
  const measured = new Map(all.map(({ name }) => [name, [] as number[]]))
  for (let turn = 0; turn <= PROCESSES; turn += 1) {
    for (const { name, file } of all) {
      const ms = await loadOnce(file)
      if (turn > 0) measured.get(name)?.push(ms)
    }
  }
  return measured
}

function loadFigures(all: readonly Candidate[], loads: ReadonlyMap<string, number[]>): Figure[] {
  const times = (name: string) => loads.get(name) ?? []
  const usual = times('usual-stack')
  const ours = all.map(({ name }) => name).filter((name) => name.startsWith('receive-'))
  return [
    ...all.map(({ name }) =>
      figure(
        `load and put together: ${name}`,
        'ms',
        times(name),
        ours.includes(name) ? { atMost: 50 } : undefined,
      ),
    ),
    ...ours.map((name) =>
      figure(
        `${name} : usual stack`,
        'ratio',
        times(name).map((ms, turn) => ms / (usual[turn] ?? Number.NaN)),
        { atMost: 0.25 },
      ),
    ),
  ]
}

async function measureOutgoing(): Promise<Figure[]> {
  const tls = new URL('../test/fixtures/tls/', import.meta.url)
  const [cert, key] = await Promise.all(
    ['certificate.pem', 'key.pem'].map((name) => readFile(new URL(name, tls), 'utf8')),
  )
  const server = https.createServer({ cert, key }, (_, response) => response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const [first, second]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < PROCESSES; turn += 1) {
    const { message, close } = await startProcess('bench/start/outgoing-main.ts', [String(port), cert ?? ''])
    first.push(Number(message['first']))
    second.push(Number(message['second']))
    await close()
  }
  server.close()
  return [
    figure('first outgoing request of a process (https)', 'ms', first),
    figure('the next one, on a new connection', 'ms', second),
  ]
}

async function loadOnce(file: string): Promise<number> {
  const { message, close } = await startProcess('bench/start/load-main.ts', [file], functionEnvironment())
  await close()
  return Number(message['ms'])
}

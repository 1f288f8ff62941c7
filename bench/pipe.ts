import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Installation, type Instance } from '../local/installation.ts'
import { spreadOf } from './statistics.ts'

/**
 * `npm run bench:pipe`: the whole local pipe (gateway, functions, ledger, queue, emulated CRM) in processes of its own.
 * Each concurrency is measured several times and the median is printed; compare only figures of one run.
 */
const POSTS = 300
const ROUNDS = 5
const CONCURRENCIES = [1, 16]
/** As long as `npm start` itself waits for an installation. */
const INSTALLED_WITHIN_MS = 10 * 60_000

const installation = await Installation.create()
try {
  console.log(`bare clone: ready after ${await bareStart()} s, dependencies installed`)
  const startedAt = performance.now()
  const instance = await installation.start()
  console.log(`warm clone: ready after ${seconds(startedAt)} s`)
  await posts(instance, 50, 4)
  const medians = new Map<number, number>()
  for (const concurrency of CONCURRENCIES) medians.set(concurrency, await measure(instance, concurrency))
  const [one = 1, many = 1] = [...medians.values()]
  console.log(`ratio ${CONCURRENCIES[1]} : ${CONCURRENCIES[0]} = ${(many / one).toFixed(2)}`)
  for (const line of await memory(instance.pid)) console.log(line)
  await installation.interrupt()
} finally {
  await installation.remove()
}

/** From `npm start` to ready, in seconds, in a clone that has nothing installed. */
async function bareStart(): Promise<string> {
  const checkout = await mkdtemp(path.join(tmpdir(), 'bare-'))
  await promisify(execFile)('git', ['clone', '--quiet', '.', checkout])
  const bare = await Installation.create(checkout)
  try {
    const startedAt = performance.now()
    await bare.start(INSTALLED_WITHIN_MS)
    const ready = seconds(startedAt)
    await bare.interrupt()
    return ready
  } finally {
    await bare.remove()
    await rm(checkout, { recursive: true, force: true })
  }
}

async function measure(instance: Instance, concurrency: number): Promise<number> {
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) rates.push(await posts(instance, POSTS, concurrency))
  const { median, low, high } = spreadOf(rates)
  const range = `${low.toFixed(0)}–${high.toFixed(0)}`
  console.log(
    `concurrency ${concurrency}: median ${median.toFixed(0)} posts/s (${range}), each a case from a new person`,
  )
  return median
}

/** Posts per second. Every post is answered `done` or `queued` before the next one of its worker is sent. */
async function posts({ url }: Instance, count: number, concurrency: number): Promise<number> {
  const startedAt = performance.now()
  const numbers = Array.from({ length: count }, (_, index) => index).values()
  const workers = Array.from({ length: concurrency }, async () => {
    for (const number of numbers) await post(url, `${startedAt}-${number}`)
  })
  await Promise.all(workers)
  return (count / (performance.now() - startedAt)) * 1000
}

async function post(url: string, id: string): Promise<void> {
  const body = new URLSearchParams({ email: `visitor-${id}@example.com`, message: `Message ${id}` })
  const response = await fetch(`${url}/forms/contact`, {
    method: 'POST',
    body,
    headers: { accept: 'application/json' },
  })
  const { outcome } = (await response.json()) as { outcome?: string }
  if (outcome !== 'done' && outcome !== 'queued')
    throw new Error(`unexpected answer ${response.status} ${outcome}`)
}

/** Resident memory of every process of the installation, npm's own included, from /proc (Linux). */
async function memory(pid: number): Promise<string[]> {
  const pids = await readdir('/proc').catch(() => [])
  const found = await Promise.all(pids.filter((name) => /^\d+$/.test(name)).map(readProcess))
  const processes = found.filter((one) => one !== undefined)
  const group = processes.find((one) => one.pid === pid)?.group
  const ours = processes.filter((one) => one.group === group)
  return ours.map(({ name, residentKb }) => `memory ${name}: ${Math.round(residentKb / 1024)} MB`)
}

async function readProcess(pid: string) {
  try {
    const [status = '', stat = '', command = ''] = await Promise.all(
      ['status', 'stat', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
    )
    // proc_pid_stat(5): after the command in brackets come state, parent and process group.
    const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const residentKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    return { pid: Number(pid), group: Number(group), residentKb, name: nameOf(command.split('\0')) }
  } catch {
    return undefined
  }
}

/** The script that runs, else the program: `npm` is all of `npm start …` that is of interest. */
function nameOf(command: readonly string[]): string {
  const script = command.find((part) => /\.m?[jt]s$/.test(part))
  return script === undefined ? (command[0]?.split(' ')[0] ?? '') : path.relative('.', path.resolve(script))
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1)
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Instance = {
  readonly url: string
  readonly control: string
  readonly crm: string
  readonly pid: number
}

const POLL_MS = 50
const READY_WITHIN_MS = 60_000

/** One `npm start` in a process group of its own, on a data folder of its own and free ports. */
export class Installation {
  readonly folder: string
  readonly #checkout: string
  #process: ChildProcess | undefined
  #output = ''

  private constructor(folder: string, checkout: string) {
    this.folder = folder
    this.#checkout = checkout
  }

  /** @param checkout the clone to start in; this one unless told otherwise */
  static async create(checkout = process.cwd()): Promise<Installation> {
    return new Installation(await mkdtemp(path.join(tmpdir(), 'installation-')), checkout)
  }

  /** Everything the process has printed since its latest start. */
  get output(): string {
    return this.#output
  }

  /** Starts and waits until it says where it listens; a bare clone installs first and needs more time. */
  async start(readyWithinMs = READY_WITHIN_MS): Promise<Instance> {
    const args = ['start', '--', '--data', this.folder, '--port', '0', '--emulator-port', '0']
    const child = spawn('npm', args, {
      cwd: this.#checkout,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    this.#output = ''
    const keep = (text: Buffer) => {
      this.#output += text.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    return until('the installation is ready', () => this.#readInstance(child), readyWithinMs)
  }

  /** Whether any process of the latest start is left: npm's, ours or a child's. */
  isAlive(): boolean {
    const pid = this.#process?.pid
    if (pid === undefined) return false
    try {
      return process.kill(-pid, 0)
    } catch {
      return false
    }
  }

  /** SIGKILL for the whole process group: nothing gets a chance to tidy up. */
  async kill(): Promise<void> {
    await this.#signalGroup('SIGKILL')
  }

  /** Ctrl-C: the terminal sends SIGINT to the whole group. Resolves when it says that it has stopped. */
  async interrupt(): Promise<void> {
    await this.#signalGroup('SIGINT')
    await until('it says that it stopped', async () => this.#output.includes('Stopped.') || undefined)
  }

  async remove(): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #signalGroup(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (child?.pid === undefined) throw new Error('the installation is not running')
    const exited = once(child, 'exit')
    process.kill(-child.pid, signal)
    await exited
  }

  async #readInstance(child: ChildProcess): Promise<Instance | undefined> {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${this.#output}`)
    const text = await readFile(path.join(this.folder, 'instance.json'), 'utf8').catch(() => '{}')
    const instance = JSON.parse(text === '' ? '{}' : text) as Partial<Instance>
    const isOurs = instance.url !== undefined && this.#output.includes(instance.url)
    return isOurs ? (instance as Instance) : undefined
  }
}

/** Asks again until there is an answer. Throws, naming what it waited for, when `withinMs` have passed. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain until ${what}`)
    await sleep(POLL_MS)
  }
}

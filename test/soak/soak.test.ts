import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readOptions } from './options.ts'
import { soak } from './soak.ts'

/** A machine that is busy with something else may need much longer than the minute this takes. */
const TIMEOUT_MS = 400_000

const MAIN = path.join(import.meta.dirname, 'main.ts')

/** The seed of the run's property tests, so that the same line repeats this, too. */
const SEED = Number(process.env['FAST_CHECK_SEED'])

describe('the soak', () => {
  it.each([
    ['sqlite', ['--events', '240', '--rate', '30', '--kills', '6', '--seconds-between-kills', '1.5']],
    [
      'dynamodb',
      [
        '--ledger',
        'dynamodb',
        '--events',
        '40',
        '--rate',
        '8',
        '--kills',
        '3',
        '--seconds-between-kills',
        '2',
      ],
    ],
  ])(
    'on %s: workers and servers are killed, and everything is in the CRM once',
    { timeout: TIMEOUT_MS },
    async (_ledger, args) => {
      const options = readOptions([...args, '--workers', '2'], SEED)
      const { forms, orders, parties, kills, isRight, lines } = await soak(options, () => undefined)
      expect(isRight, lines.join('\n')).toBe(true)
      expect(forms.records + orders.records + parties.records).toBeGreaterThan(2 * options.events)
      expect(kills).toBeGreaterThanOrEqual(options.kills)
    },
  )

  it('as a command ends by itself, and a wrong option is told', async () => {
    const command = fork(MAIN, ['--events', '0'], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    onTestFinished(() => void command.kill('SIGKILL'))
    const [said, [code]] = await Promise.all([text(command.stderr as Readable), once(command, 'exit')])
    expect([code, said]).toEqual([1, expect.stringContaining('--events')])
  })

  it('leaves no folder behind', async () => {
    const ours = (await readdir(tmpdir())).filter((name) => name.startsWith(`soak-${process.pid}-`))
    expect(ours).toEqual([])
  })

  it.each([
    [['--events', '0'], '--events'],
    [['--ledger', 'paper'], '--ledger'],
    [['--seconds-between-kills', 'x'], '--seconds-between-kills'],
  ])('refuses %j and names it', (args, name) => {
    expect(() => readOptions(args, 1)).toThrow(name)
  })
})

import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { readOptions } from './options.ts'
import { soak } from './soak.ts'

/** A machine that is busy with something else may need much longer than the minute this takes. */
const TIMEOUT_MS = 400_000

/** The seed of the run's property tests, so that the same line repeats this, too. */
const SEED = Number(process.env['FAST_CHECK_SEED'])

describe('the soak', () => {
  it.each([
    ['sqlite', ['--events', '300', '--rate', '25', '--kills', '8', '--seconds-between-kills', '2']],
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
      const { lost, duplicates, misplaced, unaccounted, kills } = await soak(options, () => undefined)
      expect({ lost, duplicates, misplaced, unaccounted }).toEqual({
        lost: 0,
        duplicates: 0,
        misplaced: 0,
        unaccounted: 0,
      })
      expect(kills).toBeGreaterThanOrEqual(options.kills)
    },
  )

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

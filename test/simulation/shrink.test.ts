import { describe, expect, it } from 'vitest'
import { shrink } from '../../simulation/shrink.ts'
import { type StormChoice, storm } from '../../simulation/storm.ts'
import { blindClient } from '../support/planted-bugs.ts'

const numbers = Array.from({ length: 200 }, (_, index) => index)
const MINUTE_MS = 60_000

describe('a list that fails', () => {
  it('is left with what the failure needs', async () => {
    const fails = async (part: readonly number[]) => part.includes(17) && part.includes(150)
    expect(await shrink(numbers, fails)).toEqual([17, 150])
  })

  it('stays as it is when every part is needed', async () => {
    const all = numbers.slice(0, 5)
    expect(await shrink(all, async (part) => part.length === all.length)).toEqual(all)
  })
})

describe('a storm that fails', () => {
  const choice: StormChoice = {
    seed: 's2',
    events: 30,
    skewMs: 2_000,
    uniqueIndex: false,
    plant: { crm: blindClient },
  }

  it('names the one event it takes, and how to see it fail again', {
    timeout: MINUTE_MS,
  }, async () => {
    const lines = await printed(choice)
    expect(lines).toContainEqual('the smallest list of events that fails, 1 of them:')
    const [command, only = ''] = /^npm run storm -- .* --only (\d+) /.exec(lines.at(-1) ?? '') ?? []
    expect(command).toContain('--seed s2 --round 0')
    const again = await printed({ ...choice, round: 0, only: [Number(only)] })
    expect(again).toContainEqual(expect.stringMatching(/^seed s2\.0: duplicate: /))
  })
})

async function printed(choice: StormChoice): Promise<readonly string[]> {
  const lines: string[] = []
  expect(await storm(choice, (line) => lines.push(line))).toBe(false)
  return lines
}

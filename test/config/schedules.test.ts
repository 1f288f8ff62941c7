import { expect, it } from 'vitest'
import { JOB_NAMES } from '../../lib/config/automations.ts'
import { schedulesOf, standingSchedules } from '../../lib/config/schedules.ts'

/** These run only where they are configured. */
const AT_WILL = ['digest', 'reconcile-orders', 'watch-silence']
const STANDING = JOB_NAMES.filter((name) => !AT_WILL.includes(name))

it('every job that keeps the promises of the ledger runs, also where nothing is configured', () => {
  const schedules = schedulesOf({ automations: {} })
  expect(schedules.map(({ name }) => name).toSorted()).toEqual(STANDING)
  expect(schedules.find(({ name }) => name === 'sweep-unfinished')).toEqual({
    name: 'sweep-unfinished',
    functionName: 'run-job',
    input: { job: 'sweep-unfinished' },
    expression: 'rate(1 minute)',
    timeZone: 'UTC',
  })
})

it('the configuration gives a job another time, and leaves the others theirs', () => {
  const automations = { 'audit-ledger': { schedule: 'cron(0 4 * * ? *)', timeZone: 'Europe/Dublin' } }
  const schedules = schedulesOf({ automations })
  expect(schedules).toHaveLength(STANDING.length)
  expect(schedules.find(({ name }) => name === 'audit-ledger')).toMatchObject({
    expression: 'cron(0 4 * * ? *)',
    timeZone: 'Europe/Dublin',
  })
  const standing = standingSchedules({ automations }).map(({ name }) => name)
  expect(standing.toSorted()).toEqual(STANDING.filter((name) => name !== 'audit-ledger'))
})

it('a job that is only done when it is configured is done by the same function', () => {
  const automations = { digest: { schedule: 'cron(0 7 * * ? *)', timeZone: 'Europe/Dublin' } }
  const digest = { name: 'digest', functionName: 'run-job', input: { job: 'digest' } }
  expect(schedulesOf({ automations })).toContainEqual(expect.objectContaining(digest))
})

it('what is no job is an automation: another function is asked every five minutes what is due', () => {
  const automations = { 'follow-up-quotes': { schedule: 'cron(0 7 * * ? *)', timeZone: 'UTC' } }
  expect(schedulesOf({ automations: automations as never }).at(-1)).toMatchObject({
    functionName: 'run-automation',
    input: { automation: 'follow-up-quotes' },
    expression: 'rate(5 minutes)',
  })
})

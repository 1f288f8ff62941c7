import { expect, it } from 'vitest'
import { schedulesOf, standingSchedules } from '../../lib/config/schedules.ts'

const ALWAYS = ['audit-ledger', 'check-prototypes', 'reconcile-markers', 'sweep-unfinished']

it('what watches the ledger and the CRM runs, also where nothing is configured', () => {
  const schedules = schedulesOf({ automations: {} })
  expect(schedules.map(({ name }) => name).toSorted()).toEqual(ALWAYS)
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
  expect(schedules).toHaveLength(ALWAYS.length)
  expect(schedules.find(({ name }) => name === 'audit-ledger')).toMatchObject({
    expression: 'cron(0 4 * * ? *)',
    timeZone: 'Europe/Dublin',
  })
  const standing = standingSchedules({ automations }).map(({ name }) => name)
  expect(standing.toSorted()).toEqual(ALWAYS.filter((name) => name !== 'audit-ledger'))
})

it('a job that is only done when it is configured is done by the same function', () => {
  const automations = { digest: { schedule: 'cron(0 7 * * ? *)', timeZone: 'Europe/Dublin' } }
  const digest = { name: 'digest', functionName: 'run-job', input: { job: 'digest' } }
  expect(schedulesOf({ automations })).toContainEqual(expect.objectContaining(digest))
})

it('what is no job is an automation, which another function runs', () => {
  const automations = { 'follow-up-quotes': { schedule: 'cron(0 7 * * ? *)', timeZone: 'UTC' } }
  expect(schedulesOf({ automations: automations as never }).at(-1)).toMatchObject({
    functionName: 'run-automation',
    input: { automation: 'follow-up-quotes' },
  })
})

import { describe, expect, it } from 'vitest'
import integration from '../../integration.config.ts'
import { JOB_NAMES } from '../../lib/config/automations.ts'
import { ConfigError, defineConfig } from '../../lib/config/config.ts'
import { scheduleProblem } from '../../lib/config/schedule.ts'
import { jobs } from '../../lib/jobs/index.ts'

const minimal = {
  installation: 'x',
  publicUrl: 'https://example.com',
  sources: { contact: { source: 'web-form' } },
}

it('accepts the configuration that is shipped', () => {
  expect(Object.keys(integration.sources)).toEqual(['contact', 'shop'])
})

it('fills in what a stock installation of Sage CRM has', () => {
  expect(defineConfig(minimal).crm).toEqual({
    release: 'any',
    timeZone: 'UTC',
    closeDuplicates: false,
    instants: 'utc',
    concurrency: 4,
    installName: 'crm',
    markerFields: { Cases: 'case_customerref', Opportunity: 'oppo_customerref' },
    captionFamilies: {},
    personByEmail: { resource: 'vPerson', email: 'pers_emailaddress', id: 'pers_personid' },
  })
})

it('names the path and the rule of everything that is wrong', () => {
  const wrong = { ...minimal, installation: 'With Blank', publicUrl: 'nowhere', case: { prority: 'High' } }
  const define = () => defineConfig(wrong as never)
  expect(define).toThrow(ConfigError)
  expect(define).toThrow(/installation: lower-case.*publicUrl: .*case\.prority: there is no such option/s)
})

it('names the column whose value cannot be written, or whose name cannot be one', () => {
  const fields = { case_foundver: [1], 'case foundver': 'x' }
  const define = () => defineConfig({ ...minimal, case: { fields } } as never)
  expect(define).toThrow(/case\.fields\.case_foundver: text, a number, true, false/)
  expect(define).toThrow(/case\.fields\.case foundver: the name of a column/)
})

it('refuses an instance name that would not survive in a URL', () => {
  const sources = { 'Contact Us': { source: 'web-form' } }
  expect(() => defineConfig({ ...minimal, sources })).toThrow(/sources\.Contact Us: lower-case letters/)
})

const schedule = (value: string) => ({ ...minimal, automations: { 'check-prototypes': { schedule: value } } })

describe('an automation', () => {
  it('is off unless it is configured, and then in UTC unless told otherwise', () => {
    expect(integration.automations).toEqual({})
    expect(defineConfig(schedule('cron(0 2 * * ? *)')).automations).toEqual({
      'check-prototypes': { schedule: 'cron(0 2 * * ? *)', timeZone: 'UTC' },
    })
  })

  it('may be every job there is', () => {
    expect([...JOB_NAMES]).toEqual(Object.keys(jobs).toSorted())
  })

  it.each([
    'rate(1 day)',
    'rate(90 minutes)',
    'cron(0/15 8-17 ? * MON-FRI *)',
    'cron(0 8 L * ? *)',
    'cron(0 8 15W * ? 2027)',
    'cron(0 8 ? JAN,JUL 2#1 *)',
    'cron(0 8 ? * 6L *)',
  ])('may run at %s', (value) => {
    expect(scheduleProblem(value)).toBeUndefined()
  })

  it.each([
    ['every night', /rate\(<n>/],
    ['rate(0 minutes)', /whole number/],
    ['rate(1.5 hours)', /whole number/],
    ['cron(0 2 * * *)', /6 fields, not 5/],
    ['cron(60 2 * * ? *)', /the minute .*0-59/],
    ['cron(0 24 * * ? *)', /the hour .*0-23/],
    ['cron(0 2 32 * ? *)', /the day of the month/],
    ['cron(0 2 ? * MONDAY *)', /the weekday/],
    ['cron(0 2 ? * 0 *)', /the weekday .*1-7/],
    ['cron(0 2/x * * ? *)', /the hour/],
    ['cron(0 2 * * * *)', /is a \?/],
    ['cron(0 2 ? * ? *)', /is a \?/],
  ])('may not run at %s, which names the path', (value, rule) => {
    const define = () => defineConfig(schedule(value))
    expect(define).toThrow(/automations\.check-prototypes\.schedule: /)
    expect(define).toThrow(rule)
  })

  it('names the job and the zone that there are not', () => {
    const automations = {
      nightly: { schedule: 'rate(1 day)' },
      'check-prototypes': { schedule: 'rate(1 day)', timeZone: 'Dublin' },
    }
    const define = () => defineConfig({ ...minimal, automations } as never)
    expect(define).toThrow(/automations\.nightly: there is no such option/)
    expect(define).toThrow(/automations\.check-prototypes\.timeZone: a time zone like/)
  })
})

/** What the compiler refuses is not always refused again here: the CRM's own prototypes have the last word on codes. */
describe('the compiler', () => {
  it('knows the codes and columns that a mapping writes', () => {
    defineConfig({
      ...minimal,
      case: { source: 'Web', fields: { case_foundver: '1', Case_Priority: 'High' } },
    })
    // @ts-expect-error a code that the selection list does not have
    defineConfig({ ...minimal, case: { source: 'Carrier pigeon' } })
    // @ts-expect-error a code that the selection list does not have, in a column by name
    defineConfig({ ...minimal, case: { fields: { case_priority: 'Urgent' } } })
    // @ts-expect-error a column that there is not
    defineConfig({ ...minimal, case: { fields: { case_colour: 'red' } } })
    // @ts-expect-error a column that only the server writes
    defineConfig({ ...minimal, case: { fields: { case_referenceid: '1-1' } } })
    // @ts-expect-error a marker column that there is not
    defineConfig({ ...minimal, crm: { markerFields: { Opportunity: 'oppo_nothing' } } })
    // @ts-expect-error a job that there is not
    expect(() => defineConfig({ ...minimal, automations: { tidy: { schedule: 'rate(1 day)' } } })).toThrow()
  })
})

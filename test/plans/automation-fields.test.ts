import { expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { configuredFields } from '../../lib/plans/configured-fields.ts'

const base = { installation: 'test', publicUrl: 'http://localhost', sources: {} }

it('what a configured automation looks at is known to those who compare the CRM with it', () => {
  const schedule = 'cron(0 7 * * ? *)'
  const fields = configuredFields(
    defineConfig({ ...base, automations: { 'follow-up-quotes': { schedule } } }),
    new Map(),
  )
  expect(fields).toEqual(
    expect.arrayContaining([
      { path: 'automations.follow-up-quotes', entity: 'Quotes', field: 'quot_status', use: 'searched' },
      { path: 'automations.follow-up-quotes', entity: 'Quotes', field: 'quot_expirationdate', use: 'read' },
      { path: 'automations.follow-up-quotes', entity: 'Opportunity', field: 'oppo_status', use: 'read' },
    ]),
  )
})

it('what is off looks at nothing', () => {
  expect(configuredFields(defineConfig(base), new Map())).toEqual([])
})

import { expect, it } from 'vitest'
import integration from '../../integration.config.ts'
import { ConfigError, defineConfig } from '../../lib/config/config.ts'

const minimal = {
  installation: 'x',
  publicUrl: 'https://example.com',
  sources: { contact: { source: 'web-form' } },
}

it('accepts the configuration that is shipped', () => {
  expect(Object.keys(integration.sources)).toEqual(['contact'])
})

it('fills in what a stock installation of Sage CRM has', () => {
  expect(defineConfig(minimal).crm).toEqual({
    release: 'any',
    timeZone: 'UTC',
    instants: 'utc',
    concurrency: 4,
    installName: 'crm',
    markerFields: { Cases: 'case_customerref' },
    personByEmail: { resource: 'vPerson', email: 'pers_emailaddress', id: 'pers_personid' },
  })
})

it('names the path and the rule of everything that is wrong', () => {
  const wrong = { ...minimal, installation: 'With Blank', publicUrl: 'nowhere', case: { prority: 'High' } }
  const define = () => defineConfig(wrong as never)
  expect(define).toThrow(ConfigError)
  expect(define).toThrow(/installation: lower-case.*publicUrl: .*case: .*prority/s)
})

it('refuses an instance name that would not survive in a URL', () => {
  const sources = { 'Contact Us': { source: 'web-form' } }
  expect(() => defineConfig({ ...minimal, sources })).toThrow(/Contact Us/)
})

import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { startEmulator } from '../../emulator/server.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { RELEASES, type ReleaseName } from '../../lib/crm/release.ts'
import type { Expression } from '../../lib/crm/where.ts'
import { propertyRuns } from '../support/property.ts'
import type { UncheckedCrm } from './company.ts'

const USER = { logon: 'test', password: 'test' }
const TIME_ZONE = 'Europe/Dublin'
const NAMES = ['Acme', 'acme ', 'Apex', 'ÄPEX', 'b', 'B2', "O'Brien"]
const TYPES = ['Customer', 'Supplier', null]
const DATES = ['2026-03-28', '2026-03-29', '2026-03-29T01:30:00Z', '2026-10-25T00:30:00Z', null]

/** A CRM that can be asked everything, and for each release a client that asks it no more than that release knows. */
async function crmWithCompanies() {
  const emulator = await startEmulator({ users: [USER], dialect: '2022R2', timeZone: TIME_ZONE })
  onTestFinished(() => emulator.close())
  const clientOf = (release: ReleaseName): UncheckedCrm => {
    const credentials = { user: USER.logon, password: USER.password }
    const options = { baseUrl: emulator.baseUrl, credentials, release, timeZone: TIME_ZONE }
    const client = createCrmClient({ ...options, requestTimeoutMs: 5_000, entities: loadEntity })
    onTestFinished(() => client.close())
    return client
  }
  const company = clientOf('any').entity('Company')
  for (const [index, comp_name] of NAMES.entries())
    for (const [other, comp_type] of TYPES.entries())
      await company.create({
        comp_name,
        comp_type,
        comp_uploaddate: DATES[(index + other) % DATES.length] ?? null,
      })
  return clientOf
}

const ids = fc.integer({ min: 0, max: NAMES.length * TYPES.length + 1 }).map(String)
const dates = fc.constantFrom(...DATES.filter((date) => date !== null))
const names = fc.constantFrom(...NAMES, 'a', '')
const VALUES = {
  comp_companyid: ids,
  comp_uploaddate: dates,
  comp_name: names,
  comp_type: fc.constantFrom('customer', 'Supplier', 'Nobody'),
} as const

const terms = fc
  .constantFrom(...(Object.keys(VALUES) as (keyof typeof VALUES)[]))
  .chain((field): fc.Arbitrary<Expression> => {
    const value: fc.Arbitrary<string> = VALUES[field]
    const op = fc.constantFrom('eq' as const, 'ne', 'gt', 'ge', 'lt', 'le')
    const at = fc.constantFrom('start' as const, 'anywhere')
    return fc.oneof(
      fc.record({ op, field: fc.constant(field), value }),
      fc.record({ op: fc.constant('between' as const), field: fc.constant(field), low: value, high: value }),
      fc.record({
        op: fc.constant('in' as const),
        field: fc.constant(field),
        values: fc.array(value, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        op: fc.constant('like' as const),
        field: fc.constant('comp_name'),
        value: fc.constantFrom('a', 'p', "O'"),
        at,
      }),
    )
  })
const { expression: expressions } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    terms,
    fc.record({ op: fc.constant('not' as const), of: tie('expression') }),
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}))

it('what a release cannot be asked, and we filter, is what a CRM that can be asked everything finds', async () => {
  const clientOf = await crmWithCompanies()
  const names = Object.keys(RELEASES) as ReleaseName[]
  const clients = names.map((name) => clientOf(name).entity('Company'))
  const property = fc.asyncProperty(expressions, async (where) => {
    const found = await Promise.all(clients.map((company) => company.find(where)))
    const keys = found.map(({ rows }) => rows.map(({ key }) => Number(key)).toSorted((a, b) => a - b))
    const bySelf = keys[names.indexOf('2022R2')]
    expect(found[names.indexOf('2022R2')]?.filtered).toBe(false)
    expect(Object.fromEntries(names.map((name, index) => [name, keys[index]]))).toEqual(
      Object.fromEntries(names.map((name) => [name, bySelf])),
    )
  })
  await fc.assert(property, propertyRuns(40))
})

import { expect, it } from 'vitest'
import { createCrmClient } from '../../lib/crm/client.ts'
import { CrmCredentialsError } from '../../lib/crm/errors.ts'
import { NotYetError } from '../../lib/crm/journal.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { Gate } from '../../lib/delivery/gate.ts'
import { crmLogon } from '../../lib/runtime/crm-logon.ts'
import type { Secrets } from '../../lib/runtime/secrets/secrets.ts'
import { failureOf } from '../crm/company.ts'
import { allOf, requestsTo } from '../support/crm.ts'
import { minute, startPipe, TEST_USER } from '../support/pipe.ts'

const ENVIRONMENT = { CRM_USER: TEST_USER.logon, SECRETS_URL: 'ssm:/app/' }

/** The pipe with a password that is remembered until it is asked for fresh, as it is on AWS. */
async function setUp(stored: { password: string | undefined } = { password: TEST_USER.password }) {
  let remembered: string | undefined = stored.password
  const secrets: Secrets = {
    place: 'a test',
    read: async (_, fresh) => {
      if (fresh !== undefined) remembered = stored.password
      return remembered === undefined ? [] : [remembered]
    },
  }
  const test = await startPipe()
  const { store } = test.pipe.ledger
  const logon = crmLogon(ENVIRONMENT, secrets, (text) => `#${text}`, store.now)
  const crm = createCrmClient({
    baseUrl: test.emulator.baseUrl,
    credentials: logon,
    requestTimeoutMs: 1_000,
    entities: loadEntity,
  })
  const gateOf = () =>
    new Gate({
      store,
      credentials: async () => logon.nameOf(await logon.password('fresh')),
      random: () => 0.5,
      monotonicMs: () => performance.now(),
    })
  const pipe = { ...test.pipe, crm, gate: gateOf() }
  test.pipe.crm.close()
  Object.assign(test.pipe, { crm, gate: pipe.gate })
  const changeInCrm = (password: string) =>
    fetch(`${test.emulator.controlUrl}/users/${TEST_USER.logon}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    })
  return { ...test, stored, changeInCrm }
}

it('a password that was changed in both places is taken over with the first request that is refused', async () => {
  const { submit, stored, changeInCrm, emulator, pipe } = await setUp()
  await submit({ message: 'before' })
  await changeInCrm('changed')
  stored.password = 'changed'
  expect((await submit({ message: 'after' })).outcome.kind).toBe('done')
  expect((await pipe.gate.state()).breaker.state).toBe('closed')
  await changeInCrm(TEST_USER.password)
  const cases = await allOf(emulator, 'Cases')
  expect(cases.filter((one) => String(one['Case_Description']).includes('after'))).toHaveLength(1)
})

it('a password that is changed in the CRM alone is tried once, and the gate is locked until the secret follows', async () => {
  const { submit, stored, changeInCrm, emulator, pipe } = await setUp()
  await submit({ message: 'before' })
  await changeInCrm('changed')
  const before = await requestsTo(emulator)
  const waiting = [await submit({ message: 'one' }), await submit({ message: 'two' })]
  expect(waiting.map(({ outcome }) => outcome)).toMatchObject(
    Array(2).fill({ kind: 'retry-later', reason: { code: 'crm-credentials' } }),
  )
  expect((await requestsTo(emulator)) - before).toBe(1)
  stored.password = 'changed'
  for (const { eventId } of waiting) expect((await deliver(eventId, pipe, minute())).kind).toBe('done')
})

it('the gate is locked for the password that was refused, though another one has been read meanwhile', async () => {
  const { pipe, stored, changeInCrm } = await setUp()
  await changeInCrm('changed')
  const error = await failureOf(pipe.crm.ping())
  expect(error).toBeInstanceOf(CrmCredentialsError)
  stored.password = 'changed'
  await pipe.gate.lock((error as CrmCredentialsError).logon)
  expect(await pipe.gate.admit('contact')).toEqual({ admitted: true })
})

it('an event waits while nobody has stored a password yet', async () => {
  const { submit, stored } = await setUp({ password: undefined })
  const { outcome } = await submit({ message: 'early' })
  expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'not-configured-yet' }, burns: false })
  stored.password = TEST_USER.password
})

it('only in the environment is no password an empty one', async () => {
  const none: Secrets = { place: 'a test', read: async () => [] }
  const passwordAt = (SECRETS_URL: string) =>
    crmLogon({ CRM_USER: 'x', SECRETS_URL }, none, String, () => 0).password()
  expect(await passwordAt('env:')).toBe('')
  await expect(passwordAt('ssm:/app/')).rejects.toThrow(NotYetError)
})

it('an error says which password was refused by a name, not by the password', async () => {
  const { pipe, changeInCrm } = await setUp({ password: 'a-wrong-one' })
  await changeInCrm('changed')
  const logon = crmLogon(
    ENVIRONMENT,
    { place: '', read: async () => ['p4ss'] },
    () => 'name',
    () => 0,
  )
  expect(logon.nameOf('p4ss')).toBe('name')
  const error = await failureOf(pipe.crm.ping())
  expect(JSON.stringify([String(error), (error as Error).cause ?? null])).not.toContain('a-wrong-one')
})

import { describe, expect, it } from 'vitest'
import { sequentialDepth, type Timed, timing } from '../../bench/orders/depth.ts'
import { type DialectName, dialects } from '../../emulator/dialects.ts'
import { defineConfig } from '../../lib/config/config.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { previewEvent } from '../../lib/delivery/preview.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { addToCrm, allOf, breakCrm, changeCrm, deleteFromCrm, requestsTo, untilIdle } from '../support/crm.ts'
import { LEDGER_STORES } from '../support/ledger-stores.ts'
import { actsOf, mortalPipe, someLives } from '../support/mortal.ts'
import { expectOnce, FORM, finish, LOST, only, partial } from '../support/person-form.ts'
import {
  formRequest,
  minute,
  type PipeOptions,
  startPipe,
  TEST_USER,
  type TestPipe,
} from '../support/pipe.ts'
import { propertyRuns } from '../support/property.ts'

const CASE_FIRST = configOf('after')
const LATENCY_MS = 40

function configOf(parties: 'before' | 'after') {
  return defineConfig({
    installation: 'test',
    publicUrl: 'http://localhost',
    sources: { contact: { source: 'web-form' } },
    case: { parties },
  })
}

function start(options: PipeOptions = {}) {
  return startPipe({ config: CASE_FIRST, ...options })
}

/** The requests of a new form whose company and person are new as well, to a CRM that takes its time. */
async function requestsOfAForm(dialect: DialectName, parties: 'before' | 'after'): Promise<Timed[]> {
  const requests: Timed[] = []
  const test = await startPipe({ dialect, config: configOf(parties) })
  const crm = createCrmClient({
    baseUrl: test.emulator.baseUrl,
    credentials: { user: TEST_USER.logon, password: TEST_USER.password },
    requestTimeoutMs: test.pipe.times.requestTimeoutMs,
    entities: loadEntity,
    middlewares: [timing(requests)],
  })
  await breakCrm(test.emulator, { fault: { kind: 'latency', ms: LATENCY_MS }, times: 100 })
  const target = { kind: 'form', name: 'contact' } as const
  const { outcome } = await receive(formRequest(FORM), target, { ...test.pipe, crm }, minute())
  crm.close()
  expect(outcome).toMatchObject({ kind: 'done' })
  await expectLinked(test)
  return requests
}

/** One of everything, and the case is that of the company and the person. */
async function expectLinked(test: TestPipe) {
  const company = Number((await only(test, 'Company'))['$key'])
  const person = await only(test, 'Person')
  await expectOnce(test, String(person['$key']))
  expect(await only(test, 'Cases')).toMatchObject({ Case_PrimaryCompanyId: company })
}

function upToTheCase(requests: readonly Timed[]): Timed[] {
  const create = requests.find(({ what }) => what === 'POST Cases')
  return requests.filter(({ until }) => until <= (create?.until ?? 0))
}

describe.each(Object.keys(dialects) as DialectName[])('on %s', (dialect) => {
  it('a case that comes first is there after one round trip', async () => {
    const until = upToTheCase(await requestsOfAForm(dialect, 'after'))
    expect(until.map(({ what }) => what)).toContain('POST Cases')
    expect(sequentialDepth(until)).toBe(1)
  })

  it('one that comes after its company and person is there after four', async () => {
    expect(sequentialDepth(upToTheCase(await requestsOfAForm(dialect, 'before')))).toBe(4)
  })
})

describe.each(LEDGER_STORES)('a case that comes first, on $name', (on) => {
  it.each(
    ['Cases', 'Company', 'Person', 'Notes'].flatMap((resource) => LOST.map((fault) => ({ resource, fault }))),
  )(
    'is one, linked to its company and person, when POST $resource ends with $fault',
    async ({ resource, fault }) => {
      const test = await start({ on })
      await breakCrm(test.emulator, { method: 'POST', resource, fault })
      const { eventId } = await test.submit(FORM)
      await untilIdle(test.emulator)
      await finish(test, eventId)
      await expectLinked(test)
    },
  )

  it.each(LOST)('is linked when the answer to its links ends with %o', async (fault) => {
    const test = await start({ on })
    await breakCrm(test.emulator, { method: 'PATCH', resource: 'Cases', fault })
    const { eventId } = await test.submit(FORM)
    await untilIdle(test.emulator)
    await finish(test, eventId)
    await expectLinked(test)
  })
})

it('is linked when its person was committed in part', async () => {
  const test = await start()
  await breakCrm(test.emulator, { method: 'POST', resource: 'Person', fault: partial() })
  const { eventId } = await test.submit(FORM)
  await finish(test, eventId)
  await expectLinked(test)
})

it('is one, and linked, at whatever act its process is killed', async () => {
  const target = { kind: 'form', name: 'contact' } as const
  const acts = await actsOf((await start()).pipe, (pipe) =>
    receive(formRequest(FORM), target, pipe, minute()),
  )
  expect(acts).toBeGreaterThan(12)
  for (const { life } of someLives(acts, propertyRuns(16))) {
    const test = await start()
    const dying = mortalPipe(test.pipe, life)
    await receive(formRequest(FORM), target, dying, minute()).catch(() => undefined)
    test.advance(60_000)
    const { kind } = await test.untilFinished((await test.submit(FORM)).eventId)
    expect(['done', 'duplicate']).toContain(kind)
    await expectLinked(test)
  }
}, 120_000)

it('adds nothing when it is delivered again, or redriven', async () => {
  const test = await start()
  const { eventId } = await test.submit(FORM)
  expect((await test.submit(FORM)).outcome.kind).toBe('duplicate')
  const stored = await test.pipe.ledger.load(eventId)
  if (stored !== undefined) await test.pipe.ledger.redrive(stored)
  const again = await deliver(eventId, test.pipe, minute())
  expect(again).toMatchObject({ kind: 'done', effects: { case: 'unchanged', links: 'unchanged' } })
  await expectLinked(test)
})

const BUSY = { kind: 'status', status: 429, when: 'before-commit' }

/** A form whose case is there, and whose links are not: its person could not be made yet. */
async function halfway(): Promise<{ test: TestPipe; eventId: string; record: string }> {
  const test = await start()
  await breakCrm(test.emulator, { method: 'POST', resource: 'Person', fault: BUSY })
  const { eventId, outcome } = await test.submit(FORM)
  expect(outcome.kind).toBe('retry-later')
  const record = await only(test, 'Cases')
  expect(record).toMatchObject({ Case_Description: FORM.message })
  expect(record['Case_PrimaryCompanyId'] ?? null).toBeNull()
  return { test, eventId, record: `Cases('${record['$key']}')` }
}

it('keeps the link that people have set meanwhile; what is empty is filled', async () => {
  const { test, eventId, record } = await halfway()
  const theirs = Number(await addToCrm(test.emulator, 'Company', { comp_name: 'Gatecom Holding' }))
  await changeCrm(test.emulator, record, { case_primarycompanyid: theirs })
  const outcome = await finish(test, eventId)
  expect(outcome.effects).toMatchObject({ links: "updated, people's: case_primarycompanyid" })
  const person = await only(test, 'Person')
  expect(await only(test, 'Cases')).toMatchObject({
    Case_PrimaryCompanyId: theirs,
    Case_PrimaryPersonId: person['$key'],
  })
})

it('that people delete before it is linked stays deleted; made anew it is linked', async () => {
  const { test, eventId, record } = await halfway()
  await deleteFromCrm(test.emulator, record)
  expect((await finish(test, eventId)).effects).toMatchObject({ person: 'created', links: 'removed' })
  expect(await allOf(test.emulator, 'Cases')).toEqual([])
  const stored = await test.pipe.ledger.load(eventId)
  if (stored !== undefined) await test.pipe.ledger.redrive(stored, 'recreate')
  expect((await finish(test, eventId)).effects).toMatchObject({ case: 'created', links: 'updated' })
  const person = await only(test, 'Person')
  expect(await only(test, 'Cases')).toMatchObject({
    Case_PrimaryPersonId: person['$key'],
    Case_PrimaryCompanyId: person['Pers_CompanyId'],
  })
})

it('is previewed with its links, and nothing is written', async () => {
  const test = await start()
  await breakCrm(test.emulator, { method: 'POST', resource: 'Cases', fault: BUSY })
  const { eventId } = await test.submit(FORM)
  const stored = await test.pipe.ledger.load(eventId)
  if (stored === undefined) throw new Error('the form was not recorded')
  const before = await requestsTo(test.emulator)
  const preview = await previewEvent(stored, test.pipe)
  const changes = 'changes' in preview ? preview.changes : []
  expect(changes.map(({ act, resource }) => `${act} ${resource}`)).toEqual([
    'create Cases',
    'create Company',
    'create Notes',
    'create Person',
    'update Cases',
  ])
  expect(await requestsTo(test.emulator)).toBeGreaterThan(before)
  expect(await allOf(test.emulator, 'Cases')).toEqual([])
})

it('is linked as it is when the mapping is changed back and forth', async () => {
  const test = await start()
  const { eventId } = await test.submit(FORM)
  for (const parties of ['before', 'after'] as const) {
    const stored = await test.pipe.ledger.load(eventId)
    if (stored !== undefined) await test.pipe.ledger.redrive(stored)
    const outcome = await deliver(eventId, { ...test.pipe, config: configOf(parties) }, minute())
    expect(outcome.kind).toBe('done')
    await expectLinked(test)
  }
})

import { describe, expect, it } from 'vitest'
import { NotYetError } from '../../lib/crm/journal.ts'
import type { Plan, Step } from '../../lib/crm/plan.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { planFor } from '../../lib/plans/index.ts'
import {
  addToCrm,
  allOf,
  breakCrm,
  type CrmRecord,
  deleteFromCrm,
  limitUser,
  mendCrm,
  readCrm,
  untilIdle,
} from '../support/crm.ts'
import { LEDGER_STORES } from '../support/ledger-stores.ts'
import { minute, type PipeOptions, startPipe, type TestPipe } from '../support/pipe.ts'

const FORM = {
  name: 'Maeve Murphy',
  email: 'maeve@example.com',
  phone: '34322',
  company: 'Gatecom Inc.',
  message: 'Forty routers, please.',
}
const NAMESAKE = { pers_firstname: 'Maeve', pers_lastname: 'Murphy' }
const HOUR_MS = 60 * 60_000
const DIALECTS = ['2019R2', '2022R2', '2024R2', 'strict-sdata'] as const

type Fault = Readonly<Record<string, unknown>>
const LOST: readonly Fault[] = [
  { kind: 'reset', when: 'before-commit' },
  { kind: 'reset', when: 'after-commit' },
  { kind: 'status', status: 500, when: 'after-commit', body: 'html' },
  { kind: 'late-commit', ms: 100 },
]

function partial(children = 0, answer: 'reset' | 500 = 'reset'): Fault {
  return { kind: 'partial-commit', children, answer }
}

/** A form is submitted to a CRM in which the create of its person fails so. */
async function submitTo(pipe: TestPipe, fault: Fault, then: Readonly<Record<string, Fault>> = {}) {
  await breakCrm(pipe.emulator, { method: 'POST', resource: 'Person', fault })
  for (const [resource, lost] of Object.entries(then))
    await breakCrm(pipe.emulator, { method: 'POST', resource, fault: lost })
  const { eventId, outcome } = await pipe.submit(FORM)
  expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'crm-unclear' } })
  await untilIdle(pipe.emulator)
  return eventId
}

async function finish(pipe: TestPipe, eventId: string) {
  const outcome = await pipe.untilFinished(eventId)
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome
}

/** The only record there is. */
async function only({ emulator }: TestPipe, entity: string): Promise<CrmRecord> {
  const [record, ...others] = await allOf(emulator, entity)
  expect([entity, others]).toEqual([entity, []])
  return record ?? {}
}

/** Everything the form stands for is there once, and belongs together. */
async function expectOnce(pipe: TestPipe, id: string | undefined) {
  const person = Number(id)
  expect(Number((await only(pipe, 'Person'))['$key'])).toBe(person)
  expect(await only(pipe, 'Email')).toMatchObject({ Emai_EmailAddress: FORM.email })
  expect(await only(pipe, 'Phone')).toMatchObject({ Phon_Number: FORM.phone })
  const owner = { EntityID: 13, RecordID: person, Type: 'Business' }
  const linked = (prefix: string) =>
    Object.fromEntries(Object.entries(owner).map(([name, value]) => [`${prefix}_${name}`, value]))
  expect(await only(pipe, 'EmailLink')).toMatchObject(linked('ELink'))
  expect(await only(pipe, 'PhoneLink')).toMatchObject(linked('PLink'))
  expect(await only(pipe, 'vPerson')).toMatchObject({
    Pers_EmailAddress: FORM.email,
    Pers_PhoneNumber: FORM.phone,
  })
  expect(await only(pipe, 'Cases')).toMatchObject({ Case_PrimaryPersonId: person })
  await only(pipe, 'Notes')
  await only(pipe, 'Company')
}

/** A namesake in the company of the form, made by people. */
async function addNamesake({ emulator }: TestPipe, more: CrmRecord = {}): Promise<string> {
  const companies = await allOf(emulator, 'Company')
  const company = companies[0]?.['$key'] ?? (await addToCrm(emulator, 'Company', { comp_name: FORM.company }))
  return addToCrm(emulator, 'Person', { ...NAMESAKE, pers_companyid: Number(company), ...more })
}

describe.each(LEDGER_STORES)('a person with an e-mail address and a phone on $name', (on) => {
  const start = (more: PipeOptions = {}) => startPipe({ on, ...more })

  for (const children of [0, 1, 2]) {
    for (const answer of ['reset', 500] as const) {
      it(`is there once, whole, after ${children} of both were committed and a ${answer}`, async () => {
        const pipe = await start()
        const eventId = await submitTo(pipe, partial(children, answer))
        const { bindings, effects } = await finish(pipe, eventId)
        expect(effects['person']).toBe('created')
        expect(bindings['person']?.adopted).toBe(false)
        await expectOnce(pipe, bindings['person']?.id)
      })
    }
  }

  it.each(['Email', 'EmailLink', 'Phone', 'PhoneLink'])(
    'is there once after the answer to %s was lost, too',
    async (resource) => {
      for (const lost of LOST) {
        const pipe = await start()
        const eventId = await submitTo(pipe, partial(), { [resource]: lost })
        const { bindings } = await finish(pipe, eventId)
        await expectOnce(pipe, bindings['person']?.id)
      }
    },
  )

  it('is there once after every answer to each of its parts was lost once', async () => {
    const pipe = await start()
    const lost = { kind: 'reset', when: 'after-commit' }
    const parts = { Email: lost, EmailLink: lost, Phone: lost, PhoneLink: lost, Cases: lost, Notes: lost }
    const { bindings } = await finish(pipe, await submitTo(pipe, partial(), parts))
    await expectOnce(pipe, bindings['person']?.id)
  })

  it.each(DIALECTS)('is completed in a CRM of dialect %s', async (dialect) => {
    const pipe = await start({ dialect })
    const lost = { kind: 'reset', when: 'after-commit' }
    const { bindings } = await finish(pipe, await submitTo(pipe, partial(), { Email: lost, PhoneLink: lost }))
    await expectOnce(pipe, bindings['person']?.id)
  })

  it('is not taken for a namesake who was there before', async () => {
    const pipe = await start()
    const namesake = await addNamesake(pipe)
    pipe.advance(HOUR_MS)
    const { bindings } = await finish(pipe, await submitTo(pipe, partial()))
    expect(bindings['person']?.id).toBe(String(Number(namesake) + 1))
    expect(await allOf(pipe.emulator, 'Person')).toHaveLength(2)
    expect(await only(pipe, 'EmailLink')).toMatchObject({ ELink_RecordID: Number(bindings['person']?.id) })
  })

  it.each([
    ['in part', partial(), 1],
    ['not at all', { kind: 'reset', when: 'before-commit' }, 2],
  ])(
    'committed %s, is not taken for a namesake made meanwhile with an address of their own',
    async (_how, fault, position) => {
      const pipe = await start()
      const eventId = await submitTo(pipe, fault)
      const email = [{ $type: 'Business', emai_emailaddress: 'another@example.com' }]
      const namesake = await addNamesake(pipe, { email })
      const { bindings } = await finish(pipe, eventId)
      const persons = (await allOf(pipe.emulator, 'Person')).map((one) => String(one['$key']))
      expect(persons.filter((id) => id !== namesake)).toEqual([bindings['person']?.id])
      expect(persons.indexOf(String(bindings['person']?.id)) + 1).toBe(position)
      const links = (await allOf(pipe.emulator, 'EmailLink')).map((one) => String(one['ELink_RecordID']))
      expect(links.toSorted()).toEqual(persons.toSorted())
    },
  )

  it('is left alone when people made another with this address meanwhile', async () => {
    const pipe = await start()
    const eventId = await submitTo(pipe, { kind: 'reset', when: 'before-commit' })
    const email = [{ $type: 'Business', emai_emailaddress: FORM.email }]
    const theirs = await addToCrm(pipe.emulator, 'Person', { pers_lastname: 'Murphy-Byrne', email })
    const { bindings, effects } = await finish(pipe, eventId)
    expect([bindings['person']?.id, effects['person']]).toEqual([theirs, 'adopted'])
    expect(await allOf(pipe.emulator, 'Phone')).toEqual([])
  })

  it('is the lowest of several without children that were made since, and says so', async () => {
    const warned: unknown[] = []
    const log = { info: () => undefined, warn: (text: string) => warned.push(text), error: () => undefined }
    const pipe = await start({ log: log as never })
    const eventId = await submitTo(pipe, partial())
    const other = await addNamesake(pipe)
    const { bindings } = await finish(pipe, eventId)
    expect(Number(bindings['person']?.id)).toBe(Number(other) - 1)
    expect(warned).toEqual(['several records match, the lowest id is taken'])
  })

  it('is waited for by another form with the same address', async () => {
    const pipe = await start()
    const eventId = await submitTo(pipe, partial())
    const second = await pipe.submit({ ...FORM, message: 'And cables.' })
    expect(second.outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'held' } })
    await finish(pipe, eventId)
    await finish(pipe, second.eventId)
    await only(pipe, 'Person')
    expect(await allOf(pipe.emulator, 'Cases')).toHaveLength(2)
  })

  it('is made anew when people deleted what was there of it', async () => {
    const pipe = await start()
    const lost = { kind: 'reset', when: 'before-commit' }
    const eventId = await submitTo(pipe, partial(), { Email: lost })
    const waiting = await deliver(eventId, pipe.pipe, minute())
    if (waiting.kind !== 'retry-later') throw new Error('not waiting')
    pipe.advance(waiting.notBefore - pipe.pipe.ledger.store.now() + 1)
    await deliver(eventId, pipe.pipe, minute())
    await deleteFromCrm(pipe.emulator, `Person('${(await only(pipe, 'Person'))['$key']}')`)
    const { bindings } = await finish(pipe, eventId)
    await expectOnce(pipe, bindings['person']?.id)
  })
})

describe('where the links of e-mail addresses cannot be read', () => {
  const hide = (pipe: TestPipe, status: number) =>
    breakCrm(pipe.emulator, {
      method: 'GET',
      resource: 'EmailLink',
      times: 100,
      fault: { kind: 'status', status, when: 'before-commit' },
    })

  it.each([403, 404])('a person found by its address is taken as it is (%i)', async (status) => {
    const pipe = await startPipe()
    await hide(pipe, status)
    const { effects } = await finish(pipe, await submitTo(pipe, partial(1)))
    expect(effects['person']).toBe('adopted')
    await only(pipe, 'Person')
    expect(await allOf(pipe.emulator, 'Phone')).toEqual([])
  })

  it('or are not in the prototypes pulled from that CRM, one found by its address is taken as it is', async () => {
    const entities = async (name: string) => {
      if (name.toLowerCase() === 'emaillink') throw new NotYetError('not-configured-yet', Date.now())
      return loadEntity(name)
    }
    const pipe = await startPipe({ entities })
    expect((await finish(pipe, await submitTo(pipe, partial(1)))).effects['person']).toBe('adopted')
    await only(pipe, 'Person')
  })

  it.each([403, 404])(
    'one without an address is not made twice: the event is parked (%i)',
    async (status) => {
      const pipe = await startPipe()
      await hide(pipe, status)
      const eventId = await submitTo(pipe, partial())
      const outcome = await pipe.untilFinished(eventId)
      expect(outcome).toMatchObject({
        kind: 'parked',
        reason: {
          code: 'crm-misconfigured',
          message: expect.stringMatching(/^EmailLink and Email must be readable/),
        },
      })
      await only(pipe, 'Person')
      await mendCrm(pipe.emulator)
      const parked = await pipe.pipe.ledger.load(eventId)
      if (parked === undefined) throw new Error('the event is gone')
      await pipe.pipe.ledger.redrive(parked)
      const { bindings } = await finish(pipe, eventId)
      await expectOnce(pipe, bindings['person']?.id)
    },
  )
})

describe('where a user is not shown when a person was made', () => {
  const hide = ({ emulator }: TestPipe) => limitUser(emulator, { hidden: ['pers_createddate'] })

  it('one found by its address is taken as it is', async () => {
    const pipe = await startPipe()
    await hide(pipe)
    expect((await finish(pipe, await submitTo(pipe, partial(1)))).effects['person']).toBe('adopted')
    await only(pipe, 'Person')
  })

  it('one without an address is not made twice: the event is parked', async () => {
    const pipe = await startPipe()
    await hide(pipe)
    const outcome = await pipe.untilFinished(await submitTo(pipe, partial()))
    const message = expect.stringMatching(/^Person is returned without the time it was created/)
    expect(outcome).toMatchObject({ kind: 'parked', reason: { code: 'crm-misconfigured', message } })
    await only(pipe, 'Person')
  })
})

/** The plan of a form, with one of its steps changed. */
function changing(as: string, more: Partial<Step>): Pick<PipeOptions, 'plan'> {
  const plan = (...given: Parameters<typeof planFor>): Plan => ({
    steps: planFor(...given).steps.map((step) => (step.as === as ? { ...step, ...more } : step)),
  })
  return { plan }
}

describe('a create with children of other kinds', () => {
  const home = { type: 'Home', fields: { addr_city: 'Cork' } }
  const office = { type: 'Business', isDefault: true, fields: { addr_city: 'Dublin' } }

  it.each([0, 1, 2])(
    'has its addresses, and the default one is its primary (%i committed)',
    async (children) => {
      const pipe = await startPipe(changing('person', { children: { address: [home, office] } }))
      const lost = { kind: 'reset', when: 'after-commit' }
      const { bindings } = await finish(pipe, await submitTo(pipe, partial(children), { Address_Link: lost }))
      const person = await readCrm(pipe.emulator, `Person('${bindings['person']?.id}')`)
      const addresses = await allOf(pipe.emulator, 'Address')
      expect(addresses.map((one) => one['Addr_City']).toSorted()).toEqual(['Cork', 'Dublin'])
      expect((await allOf(pipe.emulator, 'Address_Link')).map((one) => one['AdLi_Type']).toSorted()).toEqual([
        'Business',
        'Home',
      ])
      const dublin = addresses.find((one) => one['Addr_City'] === 'Dublin')?.['$key']
      expect(person['Pers_PrimaryAddressId']).toBe(dublin)
    },
  )

  it.each([0, 1])('has the persons of a company, by their own column (%i committed)', async (children) => {
    const boss = { type: 'Admin', isDefault: true, fields: { pers_lastname: 'Boss' } }
    const pipe = await startPipe(changing('company', { children: { person: [boss] } }))
    const lost = { kind: 'reset', when: 'after-commit' }
    const faults = [
      { method: 'POST', resource: 'Company', fault: partial(children) },
      { method: 'POST', resource: 'Person', fault: lost },
    ]
    for (const fault of faults) await breakCrm(pipe.emulator, fault)
    const { eventId } = await pipe.submit(FORM)
    const { bindings } = await finish(pipe, eventId)
    const persons = await allOf(pipe.emulator, 'Person')
    const company = Number(bindings['company']?.id)
    expect(persons.map((one) => [one['Pers_LastName'], one['Pers_CompanyId']])).toEqual([
      ['Boss', company],
      ['Murphy', company],
    ])
    expect(await only(pipe, 'Company')).toMatchObject({ Comp_PrimaryPersonId: persons[0]?.['$key'] })
  })
})

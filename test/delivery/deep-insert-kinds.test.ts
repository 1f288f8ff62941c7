import { describe, expect, it } from 'vitest'
import { NotYetError } from '../../lib/crm/journal.ts'
import type { Plan, Step } from '../../lib/crm/plan.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { planFor } from '../../lib/plans/index.ts'
import { allOf, breakCrm, limitUser, mendCrm, readCrm } from '../support/crm.ts'
import { expectOnce, FORM, finish, only, partial, submitTo } from '../support/person-form.ts'
import { type PipeOptions, startPipe, type TestPipe } from '../support/pipe.ts'

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

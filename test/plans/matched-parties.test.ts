import { describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../../emulator/dialects.ts'
import { defineConfig, type IntegrationConfig } from '../../lib/config/config.ts'
import { addToCrm, allOf, breakCrm, requestsTo } from '../support/crm.ts'
import { ORDER, startOrderPipe } from '../support/orders.ts'
import { FORM, only } from '../support/person-form.ts'
import { type PipeOptions, startPipe, type TestPipe } from '../support/pipe.ts'

type Mapping = Partial<IntegrationConfig['case']>

function startForms(mapping: Mapping = {}, options: PipeOptions = {}) {
  const config = defineConfig({
    installation: 'test',
    publicUrl: 'http://localhost',
    sources: { contact: { source: 'web-form' } },
    case: mapping,
  })
  return startPipe({ config, ...options })
}

/** A person of that address, made by people. */
function addPerson({ emulator }: TestPipe, fields: Readonly<Record<string, unknown>>): Promise<string> {
  const email = [{ $type: 'Business', $isDefault: true, Emai_EmailAddress: FORM.email }]
  return addToCrm(emulator, 'Person', { Pers_FirstName: 'Maeve', Pers_LastName: 'Murphy', ...fields, email })
}

async function notesOf({ emulator }: TestPipe): Promise<string[]> {
  return (await allOf(emulator, 'Notes')).map((note) => String(note['Note_Note']))
}

async function send(test: TestPipe, fields: Readonly<Record<string, string>> = FORM) {
  const { outcome } = await test.submit(fields)
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome
}

describe.each(Object.keys(dialects) as DialectName[])('a form to a CRM of %s', (dialect) => {
  it.each(['oldest', 'newest'] as const)(
    'takes the %s of several persons and companies; notes of the case say that there are several',
    async (several) => {
      const test = await startForms({ several }, { dialect })
      const companies: string[] = []
      const persons: string[] = []
      for (const _ of ['one', 'other']) {
        companies.push(await addToCrm(test.emulator, 'Company', { comp_name: 'GATECOM Inc.' }))
        persons.push(await addPerson(test, { Pers_CompanyId: Number(companies[0]) }))
      }
      const { bindings } = await send(test)
      const place = several === 'oldest' ? 0 : -1
      expect(await only(test, 'Cases')).toMatchObject({
        Case_PrimaryCompanyId: Number(companies.at(place)),
        Case_PrimaryPersonId: Number(persons.at(place)),
      })
      expect(bindings['company']?.why).toBe(`the same comp_name in Company; the ${several} of 2`)
      expect(bindings['person']?.why).toBe(`the same pers_emailaddress in vPerson; the ${several} of 2`)
      const told = (await notesOf(test)).filter((note) => note.includes('2 records match'))
      expect(told.map((note) => note.split('\n')[0])).toEqual([
        'The form "contact" says otherwise of the company than the CRM. Nothing was changed:',
        'The form "contact" says otherwise of the person than the CRM. Nothing was changed:',
      ])
    },
  )

  it('changes no person that is there: what the visitor says otherwise is a note of the case', async () => {
    const test = await startForms({}, { dialect })
    const company = await addToCrm(test.emulator, 'Company', { comp_name: 'Eurolandia' })
    await addPerson(test, { Pers_LastName: 'Byrne', Pers_CompanyId: Number(company) })
    await send(test)
    expect(await only(test, 'Person')).toMatchObject({
      Pers_LastName: 'Byrne',
      Pers_CompanyId: Number(company),
    })
    expect((await notesOf(test)).join('\n')).toContain(
      [
        'Last name: sent "Murphy", here "Byrne"',
        'Phone: sent "34322", here nothing',
        'Company: sent "Gatecom Inc.", here "Eurolandia"',
      ].join('\n'),
    )
  })
})

it('nothing is noted, nor asked, when the visitor says what the CRM says', async () => {
  const test = await startForms()
  await send(test)
  const requests = await requestsTo(test.emulator)
  await send(test, { ...FORM, message: 'Once more.' })
  expect(await notesOf(test)).toHaveLength(2)
  // Company and person are looked up, case and note are made; reading the notes is one of the test's own.
  expect((await requestsTo(test.emulator)) - requests).toBe(5)
})

const ADDRESS = { street1: '1 Quay', city: 'Dublin', postalCode: 'D01', country: 'IE' }
const FOR_A_COMPANY = {
  ...ORDER,
  buyer: { ...ORDER.buyer, company: 'Harbour Ltd' },
  billingAddress: ADDRESS,
}

/** A company of that name at another address, made by people. */
async function addHarbour(pipe: TestPipe): Promise<string> {
  return addToCrm(pipe.emulator, 'Company', {
    comp_name: 'Harbour Ltd',
    Address: [
      {
        $type: 'Business',
        $isDefault: true,
        Addr_Address1: '9 Strand',
        Addr_City: 'Dublin',
        Addr_PostCode: 'D09',
      },
    ],
  })
}

describe.each(Object.keys(dialects) as DialectName[])('an order to a CRM of %s', (dialect) => {
  it('changes no company that is there: what the shop says otherwise of its address is a note', async () => {
    const pipe = await startOrderPipe({ dialect, live: true })
    await addHarbour(pipe)
    expect(await pipe.send(FOR_A_COMPANY)).toMatchObject({ kind: 'done' })
    const addresses = (await allOf(pipe.emulator, 'Address')).filter(
      ({ Addr_City }) => Addr_City === 'Dublin',
    )
    // The later one is that of the person, who is new.
    expect(addresses.slice(-2).map(({ Addr_PostCode }) => Addr_PostCode)).toEqual(['D09', 'D01'])
    const notes = (await pipe.all('Notes')).map((note) => String(note['Note_Note']))
    expect(notes.filter((note) => note.includes('of the company than the CRM'))).toEqual([
      expect.stringContaining(
        [
          'Order #1001 of shop says otherwise of the company than the CRM. Nothing was changed:',
          '',
          'Address: sent "1 Quay", here "9 Strand"',
          'Post code: sent "D01", here "D09"',
          'Country: sent "IE", here nothing',
        ].join('\n'),
      ),
    ])
  })
})

it('an address that the user may not see is not compared, and the order is done', async () => {
  const pipe = await startOrderPipe()
  await addHarbour(pipe)
  await pipe.send({ ...FOR_A_COMPANY, buyer: { ...FOR_A_COMPANY.buyer, email: undefined } })
  const forbidden = { kind: 'status', status: 403, when: 'before-commit' }
  await breakCrm(pipe.emulator, { method: 'GET', resource: 'Address', fault: forbidden, times: 100 })
  const again = { ...FOR_A_COMPANY, orderId: '1002', number: '#1002' }
  expect(await pipe.send(again)).toMatchObject({ kind: 'done' })
})

it('a company that was only just made says nothing otherwise', async () => {
  const pipe = await startOrderPipe()
  await pipe.send(FOR_A_COMPANY)
  expect((await pipe.all('Notes')).map((note) => String(note['Note_Note']))).toEqual([
    expect.stringContaining('Order #1001 of shop: open, unpaid'),
  ])
})

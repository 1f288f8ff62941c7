import { expect } from 'vitest'
import { addToCrm, allOf, breakCrm, type CrmRecord, untilIdle } from './crm.ts'
import type { TestPipe } from './pipe.ts'

/** A form whose person has children: an e-mail address and a phone. */
export const FORM = {
  name: 'Maeve Murphy',
  email: 'maeve@example.com',
  phone: '34322',
  company: 'Gatecom Inc.',
  message: 'Forty routers, please.',
}
const NAMESAKE = { pers_firstname: 'Maeve', pers_lastname: 'Murphy' }

export type Fault = Readonly<Record<string, unknown>>
export const LOST: readonly Fault[] = [
  { kind: 'reset', when: 'before-commit' },
  { kind: 'reset', when: 'after-commit' },
  { kind: 'status', status: 500, when: 'after-commit', body: 'html' },
  { kind: 'late-commit', ms: 100 },
]

export function partial(children = 0, answer: 'reset' | 500 = 'reset'): Fault {
  return { kind: 'partial-commit', children, answer }
}

/** A form is submitted to a CRM in which the create of its person fails so. */
export async function submitTo(pipe: TestPipe, fault: Fault, then: Readonly<Record<string, Fault>> = {}) {
  await breakCrm(pipe.emulator, { method: 'POST', resource: 'Person', fault })
  for (const [resource, lost] of Object.entries(then))
    await breakCrm(pipe.emulator, { method: 'POST', resource, fault: lost })
  const { eventId, outcome } = await pipe.submit(FORM)
  expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'crm-unclear' } })
  await untilIdle(pipe.emulator)
  return eventId
}

export async function finish(pipe: TestPipe, eventId: string) {
  const outcome = await pipe.untilFinished(eventId)
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome
}

/** The only record there is. */
export async function only({ emulator }: TestPipe, entity: string): Promise<CrmRecord> {
  const [record, ...others] = await allOf(emulator, entity)
  expect([entity, others]).toEqual([entity, []])
  return record ?? {}
}

/** Everything the form stands for is there once, and belongs together. */
export async function expectOnce(pipe: TestPipe, id: string | undefined) {
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
export async function addNamesake({ emulator }: TestPipe, more: CrmRecord = {}): Promise<string> {
  const companies = await allOf(emulator, 'Company')
  const company = companies[0]?.['$key'] ?? (await addToCrm(emulator, 'Company', { comp_name: FORM.company }))
  return addToCrm(emulator, 'Person', { ...NAMESAKE, pers_companyid: Number(company), ...more })
}

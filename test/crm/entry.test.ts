import { describe, expect, it } from 'vitest'
import {
  CrmAmbiguousError,
  CrmMisconfiguredError,
  CrmNotFoundError,
  CrmRejectedError,
} from '../../lib/crm/errors.ts'
import { answers, type Behaviour, misbehavingServer } from '../support/misbehaving-server.ts'
import { crmAt } from './company.ts'

async function companyOf(...behaviours: Behaviour[]) {
  const { baseUrl, requests } = await misbehavingServer(...behaviours)
  return { company: crmAt(baseUrl).entity('Company'), requests }
}

describe('the answer to a read of one record', () => {
  it.each([
    ['a 404', answers(404, { $diagnoses: [{ $message: 'no such record' }] })],
    ['a 410', answers(410)],
    ['a feed of nothing', answers(200, { $totalResults: 0, $resources: [] })],
  ])('means there is none when it is %s', async (_, behaviour) => {
    const { company } = await companyOf(behaviour)
    await expect(company.get('43')).rejects.toThrow(CrmNotFoundError)
  })

  it.each([
    ['blank', answers(200)],
    ['null', answers(200, 'null')],
    ['a list', answers(200, [])],
    ['about something else', answers(200, { $diagnoses: [{ $severity: 'fatal' }] })],
  ])('says nothing about the record when it is %s', async (_, behaviour) => {
    const { company } = await companyOf(behaviour)
    await expect(company.get('43')).rejects.toThrow(CrmAmbiguousError)
  })

  it.each([
    ['with its key', { $key: 43, Comp_Name: 'Acme' }],
    ['without any key', { COMP_NAME: 'Acme' }],
    ['in a feed', { $resources: [{ $key: '43', comp_name: 'Acme' }] }],
  ])('is the record %s', async (_, body) => {
    const { company } = await companyOf(answers(200, body))
    const row = await company.get('43')
    expect([row.key, row.get('comp_name')]).toEqual(['43', 'Acme'])
  })

  it.each([
    ['an object', { $key: 7, Pers_LastName: 'Ford' }],
    ['a list', [{ $key: 7, Pers_LastName: 'Ford' }]],
    ['a list under $resources', { $resources: [{ $key: 7, Pers_LastName: 'Ford' }] }],
  ])('holds its linked records, given as %s', async (_, person) => {
    const { company } = await companyOf(answers(200, { $key: 43, Person: person }))
    const people = (await company.get('43')).linked('person')
    expect(people.map((row) => [row.key, row.get('pers_lastname')])).toEqual([['7', 'Ford']])
  })

  it('holds no linked records where there are none', async () => {
    const { company } = await companyOf(answers(200, { $key: 43, Person: null }))
    const row = await company.get('43')
    expect([row.linked('Person'), row.linked('Email')]).toEqual([[], []])
  })
})

describe('an update', () => {
  it.each(['PATCH', 'PUT'] as const)('sends what changes by %s', async (updateVerb) => {
    const { baseUrl, requests } = await misbehavingServer(answers(200, { $key: 43, Comp_Name: 'Apex' }))
    const row = await crmAt(baseUrl, { updateVerb }).entity('Company').update('43', { comp_name: 'Apex' })
    expect(row.get('comp_name')).toBe('Apex')
    expect(requests).toEqual([`${updateVerb} /sdata/crmj/sagecrm2/-/Company('43')`])
  })

  it('may be answered with nothing', async () => {
    const { company } = await companyOf(answers(204))
    expect((await company.update('43', { comp_name: 'Apex' })).key).toBe('43')
  })

  it('answered with a page in place of JSON may or may not have been done', async () => {
    const { company } = await companyOf(answers(200, '<html>Please log on</html>'))
    await expect(company.update('43', { comp_name: 'Apex' })).rejects.toThrow(CrmAmbiguousError)
  })

  it('must not clear what is mandatory', async () => {
    const { company, requests } = await companyOf(answers(200))
    await expect(company.update('43', { comp_name: null })).rejects.toThrow(/Comp_Name: /)
    expect(requests).toEqual([])
  })
})

it.each([
  ['create', (view: ReturnType<ReturnType<typeof crmAt>['entity']>) => view.create({ comp_name: 'x' })],
  ['update', (view: ReturnType<ReturnType<typeof crmAt>['entity']>) => view.update('1', { comp_name: 'x' })],
  ['delete', (view: ReturnType<ReturnType<typeof crmAt>['entity']>) => view.delete('1')],
])('a %s of a view is refused before it is sent', async (_, write) => {
  const { baseUrl, requests } = await misbehavingServer(answers(200))
  await expect(write(crmAt(baseUrl).entity('vCompany'))).rejects.toThrow(CrmRejectedError)
  expect(requests).toEqual([])
})

it('a delete may be answered with 200 and nothing', async () => {
  const { company, requests } = await companyOf(answers(200))
  await company.delete('43')
  expect(requests).toEqual(["DELETE /sdata/crmj/sagecrm2/-/Company('43')"])
})

it('a field given in two casings is refused', async () => {
  const { company, requests } = await companyOf(answers(201, { $key: 1 }))
  const creating = company.create({ comp_name: 'Acme', Comp_Name: 'Apex' })
  await expect(creating).rejects.toThrow(/Comp_Name: is given twice/)
  expect(requests).toEqual([])
})

it('a prototype that is none is a wrong address, not a crash', async () => {
  const { baseUrl } = await misbehavingServer(answers(200, { hello: 'world' }))
  await expect(crmAt(baseUrl).prototype('Company')).rejects.toThrow(CrmMisconfiguredError)
})

import { describe, expect, it } from 'vitest'
import {
  CrmAmbiguousError,
  CrmMisconfiguredError,
  CrmNotFoundError,
  CrmRejectedError,
  CrmUnreachableError,
} from '../../lib/crm/errors.ts'
import { answers, type Behaviour, misbehavingServer } from '../support/misbehaving-server.ts'
import { crmAt } from './company.ts'

type Company = Awaited<ReturnType<typeof companyOf>>['company']

async function companyOf(...behaviours: Behaviour[]) {
  const { baseUrl, requests, bodies } = await misbehavingServer(...behaviours)
  return { company: crmAt(baseUrl).entity('Company'), requests, bodies }
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
    ['the API is there', answers(200, { $resources: [] }), CrmNotFoundError],
    ['the whole API is gone', answers(404, '<html>Not found</html>'), CrmUnreachableError],
    ['the API is out of order', answers(502, '<html>Bad gateway</html>'), CrmUnreachableError],
  ] as const)('that is a page with 404 is asked about once more: %s', async (_, feed, type) => {
    const { company, requests } = await companyOf(answers(404, '<html>Not found</html>'), feed)
    await expect(company.get('43')).rejects.toThrow(type)
    const path = '/sdata/crmj/sagecrm2/-/Company'
    expect(requests).toEqual([`GET ${path}('43')`, `GET ${path}?count=1`])
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

describe('a write whose time is up', () => {
  const late = { mayBegin: () => false }

  it.each([
    ['create', (company: Company) => company.create({ comp_name: 'Apex' }, {}, late)],
    ['update', (company: Company) => company.update('43', { comp_name: 'Apex' }, late)],
    ['delete', (company: Company) => company.delete('43', late)],
  ] as const)('is not sent: %s', async (_, write) => {
    const { company, requests } = await companyOf(answers(200, { $key: 43 }))
    await expect(write(company)).rejects.toMatchObject({ name: 'CrmUnreachableError', committed: 'no' })
    expect(requests).toEqual([])
  })
})

describe('an update', () => {
  it.each(['PATCH', 'PUT'] as const)('sends what changes by %s', async (updateVerb) => {
    const { baseUrl, requests } = await misbehavingServer(answers(200, { $key: 43, Comp_Name: 'Apex' }))
    const row = await crmAt(baseUrl, { updateVerb }).entity('Company').update('43', { comp_name: 'Apex' })
    expect(row.get('comp_name')).toBe('Apex')
    expect(requests).toEqual([`${updateVerb} /sdata/crmj/sagecrm2/-/Company('43')`])
  })

  it('and a create ask for the record as it is in the database, when told so', async () => {
    const { company, requests } = await companyOf(answers(200, { $key: 43, Comp_Name: 'Apex' }))
    await company.create({ comp_name: 'Apex' }, {}, { returnPartial: false })
    await company.update('43', { comp_name: 'Apex' }, { returnPartial: false })
    const paths = requests.map((request) => request.replace('/sdata/crmj/sagecrm2/-', ''))
    expect(paths).toEqual(['POST /Company?returnPartial=false', "PATCH /Company('43')?returnPartial=false"])
  })

  it('sends nothing but what changes, and null for what is cleared', async () => {
    const { company, bodies } = await companyOf(answers(200, {}))
    await company.update('43', { comp_source: null })
    expect(bodies).toEqual(['{"comp_source":null}'])
  })

  it('goes to the other verb when a CRM does not know the one, and stays there', async () => {
    const { company, requests } = await companyOf(answers(405), answers(200, {}), answers(200, {}))
    await company.update('43', { comp_name: 'Apex' })
    await company.update('43', { comp_name: 'Apex' })
    expect(requests.map((request) => request.split(' ')[0])).toEqual(['PATCH', 'PUT', 'PUT'])
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

it('a delete answered with a page may or may not have been done', async () => {
  const { company } = await companyOf(answers(200, '<html><title>Log on</title>Sage CRM</html>'))
  const deleting = company.delete('43')
  await expect(deleting).rejects.toThrow(CrmAmbiguousError)
  await expect(deleting).rejects.toMatchObject({ status: 200, said: ['Log on Sage CRM'] })
})

it('a create sends its children as they are given: one as an object, several as a list', async () => {
  const { company, bodies } = await companyOf(answers(201, { $key: 1 }))
  const child = (name: string, isDefault?: true) => ({
    type: 'Business',
    fields: { comp_name: name },
    ...(isDefault !== undefined && { isDefault }),
  })
  await company.create({ comp_name: 'x' }, { email: child('a', true), phone: [child('b'), child('c')] })
  const sent = (name: string, isDefault: boolean) => ({
    $type: 'Business',
    $isDefault: isDefault,
    Comp_Name: name,
  })
  expect(JSON.parse(bodies[0] ?? '')).toEqual({
    Comp_Name: 'x',
    email: sent('a', true),
    phone: [sent('b', false), sent('c', false)],
  })
})

describe('the record that a condition selects', () => {
  it('is named in the address, by what the release understands', async () => {
    const { company, requests } = await companyOf(answers(200, { $key: 43 }))
    const values = ['42', '43']
    await company.select({ op: 'in', field: 'comp_companyid', values })
    const condition = encodeURIComponent('(Comp_CompanyId eq 42 or Comp_CompanyId eq 43)')
    expect(requests).toEqual([`GET /sdata/crmj/sagecrm2/-/Company(${condition})`])
  })

  it('is not asked for where more would come than was asked', async () => {
    const { company, requests } = await companyOf(answers(200, { $key: 43 }))
    const where = { op: 'eq', field: 'comp_source', value: null } as const
    await expect(company.select(where)).rejects.toThrow(CrmRejectedError)
    await expect(company.select(where)).rejects.toThrow(/use find/)
    expect(requests).toEqual([])
  })
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

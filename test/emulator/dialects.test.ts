import { describe, expect, it } from 'vitest'
import { startCrm } from './crm.ts'

const GATECOM = { comp_name: 'Gatecom', person: { pers_lastname: 'Agnew' } }

describe('the dialect', () => {
  it('strict-sdata writes keys as strings, lists linked records and updates by PUT alone', async () => {
    const { post, get, request } = await startCrm({ dialect: 'strict-sdata' })
    const { status, body } = await post('Company', GATECOM)
    expect([status, typeof body['$key']]).toEqual([201, 'string'])
    const path = `Company('${body['$key']}')`
    expect((await get(path)).body).toMatchObject({ Person: { $resources: [{ Pers_LastName: 'Agnew' }] } })
    const answer = await request('PATCH', path, { comp_name: 'x' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, expect.stringContaining('PUT')])
    expect((await request('PUT', path, { comp_name: 'x' })).status).toBe(200)
  })

  it('2024R2 answers a delete with 204 and knows only the documented operators', async () => {
    const { post, get, request, find } = await startCrm({ dialect: '2024R2' })
    const { body } = await post('Company', GATECOM)
    for (const operator of ['ne', 'lt', 'le', 'in']) {
      const where = operator === 'in' ? "comp_name in ('x')" : `comp_name ${operator} 'x'`
      expect([operator, (await get(`Company?where=${encodeURIComponent(where)}`)).status]).toEqual([
        operator,
        400,
      ])
    }
    expect(await find('Company', "comp_name like 'gate%' and comp_companyid between 1 and 99")).toHaveLength(
      1,
    )
    expect((await request('DELETE', `Company('${body['$key']}')`)).status).toBe(204)
  })

  it('2019R2 creates with 200, pages by a hundred and answers errors in HTML', async () => {
    const { post, get } = await startCrm({ dialect: '2019R2' })
    expect((await post('Company', GATECOM)).status).toBe(200)
    expect((await get('Company')).body['$itemsPerPage']).toBe(100)
    const { status, text } = await get("Company('77')")
    expect([status, text]).toEqual([404, expect.stringContaining('<html>')])
  })
})

describe('the old contract', () => {
  it('answers Atom whatever is asked for, and only reads', async () => {
    const { emulator, create, request } = await startCrm()
    await create('Company', { comp_name: 'Marks & <Sparks>' })
    const path = '../../sagecrm/-/company'
    const { status, headers, text } = await request('GET', path)
    expect([status, headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('application/atom+xml'),
    ])
    expect(text).toMatch(/^<\?xml/)
    expect(text).toContain('Marks &amp; &lt;Sparks&gt;')
    expect((await request('POST', path, { comp_name: 'x' })).status).toBe(405)
    expect(emulator.baseUrl).toContain('/sagecrm2/')
  })
})

describe('an address outside the API', () => {
  it.each([
    ['../../../crm2j/sagecrm2/-/Company', 'ApplicationNotFound'],
    ['../../gcrm/-/Company', 'ContractNotFound'],
    ['../other/Company', 'DatasetNotFound'],
  ])('%s is a 404 that says which part is wrong', async (path, code) => {
    const { get } = await startCrm()
    expect(await get(path)).toMatchObject({ status: 404, body: { $diagnoses: [{ $sdataCode: code }] } })
  })

  it('follows the name of the installation', async () => {
    const { emulator, get } = await startCrm({ installName: 'CRM2020' })
    expect(emulator.baseUrl).toBe(`${emulator.origin}/sdata/CRM2020j/sagecrm2/-`)
    expect((await get('Company')).status).toBe(200)
  })
})

import { describe, expect, it } from 'vitest'
import { createCrmClient, type EntityClient } from '../../lib/crm/client.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'

async function typedCrm() {
  const { baseUrl, requests } = await misbehavingServer(
    answers(200, { $key: 1, $totalResults: 1, $resources: [{ $key: 1 }] }),
  )
  const credentials = { user: 'a', password: 'b' }
  const crm = createCrmClient({ baseUrl, credentials, requestTimeoutMs: 1_000, entities: loadEntity })
  return { crm, requests }
}

/** What the compiler refuses is refused again by the prototypes, so none of these is sent. */
describe('the compiler', () => {
  it('knows the fields and codes that a record is created with', async () => {
    const { crm, requests } = await typedCrm()
    const cases = crm.entity('Cases')
    await cases.create({ Case_Description: 'Broken', case_status: 'In Progress', Case_PrimaryPersonId: '7' })
    expect(requests).toHaveLength(1)
    // @ts-expect-error a code that the selection list does not have
    await expect(cases.create({ Case_Description: 'x', Case_Status: 'Open' })).rejects.toThrow(/Case_Status/)
    // @ts-expect-error a field that there is not
    await expect(cases.create({ Case_Description: 'x', case_colour: 'red' })).rejects.toThrow(/case_colour/)
    // @ts-expect-error a field that only the server writes
    await expect(cases.update('1', { Case_ReferenceId: '1-1' })).rejects.toThrow(/Case_ReferenceId/)
    // @ts-expect-error a company without its name
    await expect(crm.entity('Company').create({ Comp_Type: 'Customer' })).rejects.toThrow(/Comp_Name/)
    expect(requests).toHaveLength(1)
    crm.close()
  })

  it('knows the fields and codes of a condition', async () => {
    const { crm, requests } = await typedCrm()
    const cases = crm.entity('Cases')
    await cases.find({ op: 'and', of: [{ op: 'eq', field: 'case_status', value: 'Closed' }] })
    // @ts-expect-error a field that there is not
    await expect(cases.find({ op: 'eq', field: 'case_colour', value: 'red' })).rejects.toThrow(/case_colour/)
    // @ts-expect-error a code that the selection list does not have; the CRM would find nothing
    await cases.find({ op: 'eq', field: 'Case_Status', value: 'Open' })
    expect(requests).toHaveLength(2)
    crm.close()
  })

  it('knows the fields of pages, of what is selected, and of a row', async () => {
    const { crm, requests } = await typedCrm()
    const cases = crm.entity('Cases')
    const query = { select: ['Case_Opened'], orderBy: 'case_opened desc', count: 5 } as const
    for await (const { rows } of cases.pages(query)) {
      expect(rows[0]?.get('Case_Opened')).toBeUndefined()
      // @ts-expect-error a field that there is not
      expect(rows[0]?.get('case_colour')).toBeUndefined()
    }
    const row = await cases.get('1', { select: ['case_status'] })
    expect(row.get('Case_Status')).toBeUndefined()
    // @ts-expect-error a field that there is not
    expect([row.get('case_colour'), row.instant('Case_Opened')]).toEqual([undefined, undefined])
    // @ts-expect-error a field that there is not
    await expect(cases.feed({ orderBy: 'case_colour' })).rejects.toThrow(/case_colour/)
    // @ts-expect-error a field that there is not
    await expect(cases.get('1', { select: ['case_colour'] })).rejects.toThrow(/case_colour/)
    // @ts-expect-error a field that there is not
    await expect(cases.select({ op: 'eq', field: 'case_colour', value: 1 })).rejects.toThrow(/case_colour/)
    expect(requests).toHaveLength(2)
    crm.close()
  })

  it('knows the codes of a list, and takes ids and amounts as text', async () => {
    const { crm, requests } = await typedCrm()
    const cases = crm.entity('Cases')
    await cases.find({ op: 'in', field: 'case_status', values: ['Closed', 'In Progress'] })
    // @ts-expect-error a code that the selection list does not have; the CRM would find nothing
    await cases.find({ op: 'in', field: 'case_status', values: ['Closed', 'Open'] })
    await cases.find({ op: 'eq', field: 'Case_PrimaryCompanyId', value: '43' })
    // @ts-expect-error a text that is no number
    await expect(cases.find({ op: 'eq', field: 'Case_PrimaryCompanyId', value: 'x' })).rejects.toThrow(
      /number/,
    )
    await cases.find({ op: 'not', of: { op: 'eq', field: 'Case_Closed', value: null } })
    expect(requests).toHaveLength(4)
    crm.close()
  })

  it('leaves an entity of which there is no snapshot to the prototypes', async () => {
    const { crm } = await typedCrm()
    const custom: EntityClient = crm.entity('Project')
    expect(custom).toHaveProperty('pages')
    crm.close()
  })
})

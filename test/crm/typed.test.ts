import { describe, expect, it } from 'vitest'
import { createCrmClient } from '../../lib/crm/client.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'

async function typedCrm() {
  const { baseUrl, requests } = await misbehavingServer(
    answers(200, { $key: 1, $totalResults: 0, $resources: [] }),
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
})

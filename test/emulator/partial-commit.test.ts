import { describe, expect, it } from 'vitest'
import { startCrm, type TestCrm } from './crm.ts'

const MAEVE = {
  pers_lastname: 'Murphy',
  email: [{ $type: 'Business', emai_emailaddress: 'maeve@example.com' }],
  phone: { $type: 'Business', phon_number: '34322' },
}

/** How many records of each entity there are. */
async function counts({ get }: TestCrm): Promise<unknown[]> {
  const entities = ['Person', 'Email', 'EmailLink', 'Phone', 'PhoneLink']
  const feeds = await Promise.all(entities.map((entity) => get(entity)))
  return feeds.map(({ body }) => body['$totalResults'])
}

function fault(more: Readonly<Record<string, unknown>> = {}) {
  return { fault: { kind: 'partial-commit', ...more } }
}

describe('a partial commit', () => {
  it.each([
    [0, [1, 0, 0, 0, 0]],
    [1, [1, 1, 1, 0, 0]],
    [2, [1, 1, 1, 1, 1]],
    [9, [1, 1, 1, 1, 1]],
  ])('makes the record with its first %i children, and the client sees a reset', async (children, made) => {
    const crm = await startCrm()
    await crm.control('POST', 'faults', fault({ children }))
    await expect(crm.post('Person', MAEVE)).rejects.toThrow('fetch failed')
    expect(await counts(crm)).toEqual(made)
  })

  it('may be answered with a 500', async () => {
    const crm = await startCrm()
    await crm.control('POST', 'faults', fault({ answer: 500 }))
    expect((await crm.post('Person', MAEVE)).status).toBe(500)
    expect(await counts(crm)).toEqual([1, 0, 0, 0, 0])
  })

  it('commits nothing of a create without children, nor of a change', async () => {
    const crm = await startCrm()
    await crm.control('POST', 'faults', [
      fault({ answer: 500 }),
      { ...fault({ answer: 500 }), method: 'PATCH' },
    ])
    expect((await crm.post('Person', { pers_lastname: 'Ford' })).status).toBe(500)
    expect(await counts(crm)).toEqual([0, 0, 0, 0, 0])
    const { body } = await crm.post('Person', MAEVE)
    const path = `Person('${body['$key']}')`
    expect((await crm.request('PATCH', path, { pers_lastname: 'Ford' })).status).toBe(500)
    expect((await crm.get(path)).body['Pers_LastName']).toBe('Murphy')
  })
})

import { describe, expect, it } from 'vitest'
import { startEmulator } from '../../emulator/server.ts'
import { startCrm } from './crm.ts'

const unique = ['Cases.Case_CustomerRef']
const MARKED = { case_description: 'x', case_customerref: 'sf-one' }

describe('a unique index', () => {
  it.each([
    [409, '$diagnoses'],
    [500, 'Cannot insert duplicate key row'],
    [400, '$diagnoses'],
  ] as const)('answers a second value with %i', async (status, text) => {
    const { create, post, find } = await startCrm({ unique, switches: { uniqueViolation: status } })
    await create('Cases', MARKED)
    const answer = await post('Cases', { ...MARKED, case_customerref: 'SF-ONE' })
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)])
    expect(answer.text).toContain('Case_CustomerRef')
    expect(await find('Cases', "case_customerref eq 'sf-one'")).toHaveLength(1)
  })

  it('refuses a change to a value that is taken, and the record stays as it was', async () => {
    const { create, request, get } = await startCrm({ unique })
    await create('Cases', MARKED)
    const id = await create('Cases', { case_description: 'y', case_customerref: 'sf-two' })
    expect((await request('PATCH', `Cases('${id}')`, { case_customerref: 'sf-one' })).status).toBe(409)
    expect((await get(`Cases('${id}')`)).body).toMatchObject({ Case_CustomerRef: 'sf-two' })
  })

  it('counts neither empty values nor deleted records', async () => {
    const { create, request } = await startCrm({ unique })
    for (const empty of [null, '', undefined]) await create('Cases', { ...MARKED, case_customerref: empty })
    const id = await create('Cases', MARKED)
    await request('DELETE', `Cases('${id}')`)
    expect(await create('Cases', MARKED)).toBeGreaterThan(id)
  })

  it.each(['Cases', 'Cases.Nothing', 'Nothing.Case_CustomerRef', 'vPerson.Pers_LastName'])(
    'on %s is refused when the emulator starts',
    async (column) => {
      await expect(startEmulator({ unique: [column] })).rejects.toThrow(column)
    },
  )
})

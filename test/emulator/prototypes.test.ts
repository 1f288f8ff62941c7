import { describe, expect, it } from 'vitest'
import { startCrm } from './crm.ts'

type Property = Readonly<Record<string, unknown>>

describe('the prototypes', () => {
  it('list every resource with its table id', async () => {
    const { get, emulator } = await startCrm()
    const { body } = await get('$prototypes')
    const list = body['$resources'] as { $resourceKind: string; $resourceId: number }[]
    const ids = new Map(list.map(({ $resourceKind, $resourceId }) => [$resourceKind, $resourceId]))
    expect(body['$totalResults']).toBe(list.length)
    expect([ids.get('Company'), ids.get('Person')]).toEqual([5, 13])
    expect([...ids.keys()]).toEqual(
      expect.arrayContaining([
        'Address',
        'Phone',
        'Email',
        'Cases',
        'Notes',
        'Users',
        'Custom_Captions',
        'vPerson',
      ]),
    )
    expect(new Set(ids.values()).size).toBe(list.length)
    expect(list[0]).toMatchObject({
      $baseUrl: emulator.baseUrl,
      $url: `${emulator.baseUrl}/$prototypes/Company`,
    })
  })

  it('say of every field what it is', async () => {
    const { get } = await startCrm()
    const { body } = await get('$prototypes/company')
    expect(body).toMatchObject({ $title: 'Company', $resourceKind: 'Company', $resourceId: 5 })
    const properties = body['$properties'] as Record<string, Property>
    const rest = { $isMandatory: false, $isHidden: false, $isReadOnly: false }
    expect(properties['Comp_Name']).toEqual({
      ...rest,
      $title: 'Company Name',
      $type: 'sdata/string',
      $isMandatory: true,
      $maxLength: 60,
    })
    expect(properties['Comp_CompanyId']).toMatchObject({ $type: 'sdata/integer', $isReadOnly: true })
    expect(properties['comp_optout']).toMatchObject({ ...rest, $type: 'sdata/boolean' })
    expect(properties['Comp_CreatedDate']).toMatchObject({ $type: 'sdata/datetime', $isReadOnly: true })
    expect(properties['Comp_Deleted']).toMatchObject({ $isHidden: true })
    expect(properties['Comp_Type']).toMatchObject({
      $type: 'sdata/choice',
      $item: {
        $type: 'sdata/string',
        $enum: expect.arrayContaining([{ $value: 'Customer', $title: 'Customer' }]),
      },
    })
  })

  it('show that views are read-only throughout', async () => {
    const { get } = await startCrm()
    const properties = (await get('$prototypes/vPerson')).body['$properties'] as Record<string, Property>
    expect(Object.values(properties).every((property) => property['$isReadOnly'] === true)).toBe(true)
    expect(properties['Pers_EmailAddress']).toMatchObject({ $type: 'sdata/string', $maxLength: 255 })
  })

  it('follow the selection lists of the database', async () => {
    const { get, create } = await startCrm()
    await create('Custom_Captions', { capt_family: 'Comp_Type', capt_code: 'Friend', capt_us: 'A friend' })
    const properties = (await get('$prototypes/Company')).body['$properties'] as Record<string, Property>
    expect(JSON.stringify(properties['Comp_Type'])).toContain('{"$value":"Friend","$title":"A friend"}')
    await create('Company', { comp_name: 'x', comp_type: 'Friend' })
  })

  it('are the truth: every field of an entry is in them, and every field they call writable can be set to null', async () => {
    const { get, create, request } = await startCrm()
    const bodies = {
      Company: { comp_name: 'x' },
      Person: { pers_lastname: 'x' },
      Cases: {},
      Notes: {},
      Address: {},
      Email: {},
      Phone: {},
    }
    for (const [resource, body] of Object.entries(bodies)) {
      const path = `${resource}('${await create(resource, body)}')`
      const properties = (await get(`$prototypes/${resource}`)).body['$properties'] as Record<
        string,
        Property
      >
      const select = Object.keys(properties).join(',')
      const entry = (await get(`${path}?select=${select}`)).body
      expect(Object.keys(entry).filter((key) => !key.startsWith('$'))).toEqual(Object.keys(properties))
      const writable = Object.entries(properties).filter(
        ([, one]) => !one['$isReadOnly'] && !one['$isMandatory'],
      )
      const cleared = await request('PATCH', path, Object.fromEntries(writable.map(([name]) => [name, null])))
      expect([resource, cleared.status]).toEqual([resource, 200])
    }
  })

  it('are a 404 for an entity there is not', async () => {
    const { get } = await startCrm()
    expect((await get('$prototypes/nosuch')).status).toBe(404)
  })

  it('cannot be written', async () => {
    const { post } = await startCrm()
    expect((await post('$prototypes', {})).status).toBe(405)
  })
})

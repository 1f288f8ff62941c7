import { describe, expect, it } from 'vitest'
import { CrmCredentialsError } from '../../lib/crm/errors.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'
import { crmAt, failureOf } from './company.ts'

const PATH = '/sdata/crmj/sagecrm2'

describe('the SID of a session', () => {
  const SID = '158773245129386'

  it('goes with every request, services included', async () => {
    const { baseUrl, requests } = await misbehavingServer(
      answers(200, { $key: 1, $resources: [{ $key: 1 }] }),
    )
    const crm = crmAt(baseUrl, { credentials: { sid: SID } })
    await crm.entity('Company').get('1')
    await crm.entity('Company').feed({ count: 1 })
    await crm.entity('Company').create({ comp_name: 'Acme' })
    await crm.quickFind('Acme', 'Company')
    expect(requests).toEqual([
      `GET ${PATH}/-/Company('1')?SID=${SID}`,
      `GET ${PATH}/-/Company?count=1&SID=${SID}`,
      `POST ${PATH}/-/Company?SID=${SID}`,
      `GET ${PATH}/$service/quickFind/getResults?query=Acme&entity=Company&SID=${SID}`,
    ])
  })

  it('is not in what an error says, though the page of the CRM repeats it', async () => {
    const page = `<p>The requested resource /Company?SID=${SID} is not available</p>`
    const { baseUrl } = await misbehavingServer(answers(500, page))
    const error = await failureOf(crmAt(baseUrl, { credentials: { sid: SID } }).ping())
    expect(JSON.stringify(error) + String(error)).not.toContain(SID)
    expect(String(error)).toContain('SID=… is not available')
  })
})

it.each([
  ['a read', (crm: ReturnType<typeof crmAt>) => crm.entity('Company').get('43')],
  ['a search', (crm: ReturnType<typeof crmAt>) => crm.entity('Company').feed()],
  ['a create', (crm: ReturnType<typeof crmAt>) => crm.entity('Company').create({ comp_name: 'x' })],
  ['an update', (crm: ReturnType<typeof crmAt>) => crm.entity('Company').update('43', { comp_name: 'x' })],
  ['a delete', (crm: ReturnType<typeof crmAt>) => crm.entity('Company').delete('43')],
])('a 401 ends %s: it is never asked again by itself', async (_, ask) => {
  const { baseUrl, requests } = await misbehavingServer(answers(401, '', { 'www-authenticate': 'Basic' }))
  const error = await failureOf(ask(crmAt(baseUrl)))
  expect(error).toBeInstanceOf(CrmCredentialsError)
  expect(error).toMatchObject({ status: 401, retry: false, committed: 'no' })
  expect(requests).toHaveLength(1)
})

it('an empty password is sent as one', async () => {
  let authorization: string | undefined
  const { baseUrl } = await misbehavingServer((request, response) => {
    authorization = request.headers.authorization
    answers(200, {})(request, response)
  })
  await crmAt(baseUrl, { credentials: { user: 'admin', password: '' } }).ping()
  expect(authorization).toBe(`Basic ${Buffer.from('admin:').toString('base64')}`)
})

import { expect, it } from 'vitest'
import { CrmAmbiguousError, CrmRejectedError } from '../../lib/crm/errors.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'
import { crmAt } from './company.ts'

const BASE = 'http://crm/sdata/crmj/sagecrm2/-'
const company = { entity: 'Company', key: '43', title: 'Gatecom Inc.' }

it.each([
  ['a feed', { $resources: [{ $key: 43, $title: 'Gatecom Inc.', $resourceKind: 'Company' }] }],
  ['a list', [{ $key: '43', $title: 'Gatecom Inc.', $resourceKind: 'Company' }]],
  ['links', [{ $url: `${BASE}/Company('43')`, $title: 'Gatecom Inc.' }]],
  ['keys alone', [{ $key: 43, $title: 'Gatecom Inc.' }]],
])('reads %s', async (_, body) => {
  const { baseUrl } = await misbehavingServer(answers(200, body))
  expect(await crmAt(baseUrl).quickFind('gatecom', 'Company')).toEqual([company])
})

it('leaves out other entities, which a release without the parameter finds too, and what is no record', async () => {
  const found = [
    { $url: `${BASE}/Person('7')`, $title: 'Gate' },
    { $url: `${BASE}/company('43')`, $title: 'Gatecom Inc.' },
    { $title: 'more …' },
    null,
  ]
  const { baseUrl } = await misbehavingServer(answers(200, found))
  const crm = crmAt(baseUrl)
  expect(await crm.quickFind('gate', 'Company')).toEqual([{ ...company, entity: 'company' }])
  expect((await crm.quickFind('gate')).map(({ entity }) => entity)).toEqual(['Person', 'company'])
})

it('does not ask for nothing, and does not take a page for no results', async () => {
  const { baseUrl, requests } = await misbehavingServer(answers(200, { hello: 'world' }))
  await expect(crmAt(baseUrl).quickFind(' ')).rejects.toThrow(CrmRejectedError)
  expect(requests).toEqual([])
  await expect(crmAt(baseUrl).quickFind('gate')).rejects.toThrow(CrmAmbiguousError)
})

import { describe, expect, it } from 'vitest'
import { CrmMisconfiguredError } from '../../lib/crm/errors.ts'
import { ForeignLinkError } from '../../lib/crm/hypermedia.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'
import { crmAt, failureOf } from './company.ts'

const PATH = '/sdata/crmj/sagecrm2/-'

/** A company whose link to its parent is the given one, and what was asked for after it. */
async function follow(url: string, then = answers(200, { $key: 7, Comp_Name: 'Parent' })) {
  const { baseUrl, requests } = await misbehavingServer(
    answers(200, { $key: 43, Company: { $url: url } }),
    then,
  )
  const row = await crmAt(baseUrl).entity('Company').get('43')
  return {
    followed: await failureOf(row.link('company').then(({ key }) => key)),
    requests: requests.slice(1),
  }
}

describe('a link', () => {
  it.each([
    `http://db-server-of-2014${PATH}/Company('7')`,
    `https://crm.example.com${PATH}/Company('7')`,
    `http://admin:secret@elsewhere.example${PATH}/Company('7')`,
    `http://127.0.0.1@evil.example${PATH}/Company('7')?select=comp_name#x`,
    `${PATH}/Company('7')`,
    "Company('7')",
  ])('%s is followed by its path, at the configured origin', async (url) => {
    const { followed, requests } = await follow(url)
    expect(requests).toEqual([`GET ${PATH}/Company('7')`])
    expect(followed).toBe('no failure')
  })

  it.each([
    "//evil.example/sdata/crmj/sagecrm2/-/Company('7')",
    'http://169.254.169.254/latest/meta-data/',
    `http://x${PATH}/../../../manager/Company('7')`,
    `http://x${PATH}/Company%2f..%2f('7')`,
    `http://x${PATH}/%2e%2e/Company('7')`,
    `http://x${PATH}/$prototypes`,
    'file:///etc/passwd',
  ])('%s is not followed at all', async (url) => {
    const { followed, requests } = await follow(url)
    expect(followed).toBeInstanceOf(ForeignLinkError)
    expect(requests).toEqual([])
  })

  it('to another server takes nothing there, credentials least of all', async () => {
    const elsewhere = await misbehavingServer(answers(200, { $key: 7 }))
    const { origin } = new URL(elsewhere.baseUrl)
    for (const url of [
      `${origin}${PATH}/Company('7')`,
      `${origin.replace('//', '//admin:x@')}${PATH}/Company('7')`,
    ])
      expect(await follow(url)).toMatchObject({
        followed: 'no failure',
        requests: [`GET ${PATH}/Company('7')`],
      })
    expect(await follow(`//${origin.slice('http://'.length)}${PATH}/Company('7')`)).toMatchObject({
      requests: [],
    })
    expect([elsewhere.requests, elsewhere.connections()]).toEqual([[], 0])
  })

  it('that is answered with a redirect is a wrong configuration, and the redirect is not followed', async () => {
    const elsewhere = answers(302, '', { location: 'http://169.254.169.254/latest/meta-data/' })
    const { followed, requests } = await follow(`${PATH}/Company('7')`, elsewhere)
    expect(followed).toBeInstanceOf(CrmMisconfiguredError)
    expect(requests).toHaveLength(1)
  })

  it('that is not there is named', async () => {
    const { baseUrl } = await misbehavingServer(answers(200, { $key: 43 }))
    const row = await crmAt(baseUrl).entity('Company').get('43')
    await expect(row.link('Person')).rejects.toThrow(/no link to Person/)
  })
})

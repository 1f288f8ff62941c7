import net from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  CrmAmbiguousError,
  CrmBusyError,
  CrmConflictError,
  CrmCredentialsError,
  CrmForbiddenError,
  CrmMisconfiguredError,
  CrmNotFoundError,
  CrmRejectedError,
  CrmUnreachableError,
} from '../../lib/crm/errors.ts'
import { answers, breaksOff, hangs, misbehavingServer, resets } from '../support/misbehaving-server.ts'
import { crmAt } from './company.ts'

function clientOf(baseUrl: string, requestTimeoutMs = 1_000) {
  return crmAt(baseUrl, { requestTimeoutMs }).entity('Company')
}

const ACME = { comp_name: 'Acme' }
const FEED = { $totalResults: 0, $resources: [] }
const find = { op: 'eq', field: 'comp_name', value: 'Acme' } as const

describe('a failure of a write', () => {
  it.each([
    [
      '400',
      answers(400, { $diagnoses: [{ $message: 'no such thing', $payloadPath: 'comp_name' }] }),
      CrmRejectedError,
      'no',
    ],
    ['401', answers(401), CrmCredentialsError, 'no'],
    ['403', answers(403), CrmForbiddenError, 'no'],
    ['404 with a diagnosis', answers(404, { $diagnoses: [{ $message: 'gone' }] }), CrmNotFoundError, 'no'],
    ['404 of IIS without Tomcat', answers(404, '<html>Not found</html>'), CrmUnreachableError, 'no'],
    ['409', answers(409), CrmConflictError, 'exists'],
    ['422', answers(422), CrmRejectedError, 'no'],
    ['429', answers(429), CrmBusyError, 'no'],
    ['503 with Retry-After', answers(503, '', { 'retry-after': '2' }), CrmBusyError, 'no'],
    ['503 without Retry-After', answers(503), CrmAmbiguousError, 'perhaps'],
    ['500', answers(500, '<html><body>Tomcat</body></html>'), CrmAmbiguousError, 'perhaps'],
    [
      'a redirect',
      answers(302, '', { location: 'http://169.254.169.254/latest' }),
      CrmMisconfiguredError,
      'no',
    ],
    ['XML', answers(200, '<?xml version="1.0"?><feed/>'), CrmMisconfiguredError, 'no'],
    ['a reset', resets, CrmAmbiguousError, 'perhaps'],
    ['an answer that breaks off', breaksOff, CrmAmbiguousError, 'perhaps'],
    ['success that does not say which record', answers(201), CrmAmbiguousError, 'perhaps'],
  ] as const)('by %s has its class', async (_, behaviour, type, committed) => {
    const { baseUrl, requests } = await misbehavingServer(behaviour)
    const error = await clientOf(baseUrl)
      .create(ACME)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({ committed })
    expect(requests).toHaveLength(1)
  })

  it('by timeout is unclear, and the connection is given up', async () => {
    const { baseUrl } = await misbehavingServer(hangs)
    await expect(clientOf(baseUrl, 30).create(ACME)).rejects.toThrow(CrmAmbiguousError)
  })

  it('before a connection exists is certainly not committed', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = net.createServer().listen(0, '127.0.0.1', () => {
        const address = server.address() as net.AddressInfo
        server.close(() => resolve(address.port))
      })
    })
    const error = clientOf(`http://127.0.0.1:${port}/sdata/crmj/sagecrm2/-`).create(ACME)
    await expect(error).rejects.toThrow(CrmUnreachableError)
  })

  it('carries what the diagnosis says, and for how long to stay away', async () => {
    const diagnosis = { $diagnoses: [{ $message: 'Missing', $payloadPath: 'Comp_Name' }] }
    const refusing = await misbehavingServer(answers(400, diagnosis))
    await expect(clientOf(refusing.baseUrl).create(ACME)).rejects.toMatchObject({
      issues: ['Comp_Name: Missing'],
    })
    const busy = await misbehavingServer(answers(429, '', { 'retry-after': '7' }))
    await expect(clientOf(busy.baseUrl).create(ACME)).rejects.toMatchObject({
      retryAfterMs: 7_000,
      status: 429,
    })
  })

  it('by redirect names the host and is not followed', async () => {
    const target = await misbehavingServer(answers(200, { $key: 1 }))
    const { baseUrl } = await misbehavingServer(answers(307, '', { location: `${target.baseUrl}/Company` }))
    await expect(clientOf(baseUrl).create(ACME)).rejects.toThrow(/redirected to 127\.0\.0\.1/)
    expect(target.requests).toEqual([])
  })
})

describe('a write', () => {
  it.each([
    [{ comp_name: 'x'.repeat(300) }, /Comp_Name: at most 60 characters \(has 300\)/],
    [{ comp_name: 'Acme', comp_colour: 'red' }, /comp_colour: is not a field of Company/],
    [{ comp_name: 'Acme', COMP_COMPANYID: 7 }, /Comp_CompanyId: is read-only/],
    [{ comp_source: 'Web' }, /Comp_Name: /],
    [{ comp_name: 'Acme', comp_source: 'Fax' }, /comp_source: must be one of the codes Web/],
  ])('of what the prototypes forbid is refused before it is sent: %j', async (fields, message) => {
    const { baseUrl, requests } = await misbehavingServer(answers(201, { $key: 1 }))
    const error = await clientOf(baseUrl)
      .create(fields)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CrmRejectedError)
    expect(String(error)).toMatch(message)
    expect(requests).toEqual([])
  })

  it.each([
    [{ $key: 43 }, {}],
    [{ $key: '43' }, {}],
    [{ COMP_COMPANYID: 43 }, {}],
    [{ $url: "http://old/sdata/crmj/sagecrm2/-/company('43')" }, {}],
    ['', { location: "/sdata/crmj/sagecrm2/-/company('43')" }],
  ])('is known by its key however the answer %j %j says it', async (body, headers) => {
    const { baseUrl } = await misbehavingServer(answers(201, body, headers))
    expect((await clientOf(baseUrl).create(ACME)).key).toBe('43')
  })
})

describe('a read', () => {
  it('is repeated once when the connection it was given turns out to be closed', async () => {
    const { baseUrl, requests } = await misbehavingServer(answers(200, FEED), resets, answers(200, FEED))
    const company = clientOf(baseUrl)
    await company.find(find)
    await company.find(find)
    expect(requests).toHaveLength(3)
  })

  it('is not repeated on a new connection', async () => {
    const { baseUrl, requests } = await misbehavingServer(resets, answers(200, FEED))
    await expect(clientOf(baseUrl).find(find)).rejects.toThrow(CrmAmbiguousError)
    expect(requests).toHaveLength(1)
  })

  it('shares one connection with those after it', async () => {
    const { baseUrl, connections } = await misbehavingServer(answers(200, FEED))
    const company = clientOf(baseUrl)
    for (let index = 0; index < 5; index += 1) await company.find(find)
    expect(connections()).toBe(1)
  })

  it('walks pages by the rows that came and takes each record once', async () => {
    const page = (...keys: number[]) =>
      answers(200, { $totalResults: 3, $resources: keys.map(($key) => ({ $key })) })
    const { baseUrl, requests } = await misbehavingServer(page(1, 2), page(2), page())
    const { rows } = await clientOf(baseUrl).find(find)
    expect(rows.map((row) => row.key)).toEqual(['1', '2'])
    expect(requests.map((request) => /startIndex=(\d+)/.exec(request)?.[1])).toEqual(['1', '3'])
  })

  it('finds a field in any casing', async () => {
    const { baseUrl } = await misbehavingServer(answers(200, { $key: 1, cOmP_nAmE: 'Acme' }))
    const row = await clientOf(baseUrl).get('1')
    expect([row.get('Comp_Name'), row.get('comp_phone')]).toEqual(['Acme', undefined])
  })

  it('asks for a key with a quote as the query language writes it', async () => {
    const { baseUrl, requests } = await misbehavingServer(answers(200, { $key: 1 }))
    await clientOf(baseUrl).get("4'3")
    expect(requests[0]).toMatch(/Company\('4''3'\)$/)
  })

  it('that answers with a page that is not the API is not "nothing found"', async () => {
    const { baseUrl } = await misbehavingServer(answers(200, '<html>Please log on</html>'))
    await expect(clientOf(baseUrl).find(find)).rejects.toThrow(CrmAmbiguousError)
  })
})

it.each(['ftp://crm/', 'https://user:secret@crm/sdata/crmj/sagecrm2/-', 'https://crm/-?x=1', 'nowhere'])(
  'refuses %s as the address of a CRM',
  (baseUrl) => {
    expect(() => clientOf(baseUrl)).toThrow(CrmMisconfiguredError)
  },
)

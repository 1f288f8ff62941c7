import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../../lib/crm/answer.ts'
import { CrmAmbiguousError, CrmMisconfiguredError, CrmRejectedError } from '../../lib/crm/errors.ts'
import type { Middleware } from '../../lib/crm/request.ts'
import { answers, type Behaviour, misbehavingServer, resets } from '../support/misbehaving-server.ts'
import { crmAt, failureOf } from './company.ts'

const CREATED = answers(201, { $key: 43 })
const ACME = { comp_name: 'Acme' }

describe('a write', () => {
  it('on a connection that turns out to be closed is unclear and never repeated', async () => {
    const { baseUrl, requests, connections } = await misbehavingServer(CREATED, resets, CREATED)
    const company = crmAt(baseUrl).entity('Company')
    await company.create(ACME)
    await expect(company.create(ACME)).rejects.toThrow(CrmAmbiguousError)
    expect([requests.length, connections()]).toEqual([2, 1])
  })

  it('is JSON in UTF-8 with a length, and says who asks', async () => {
    let seen: Record<string, unknown> = {}
    const { baseUrl } = await misbehavingServer((request, response) => {
      seen = request.headers
      CREATED(request, response)
    })
    await crmAt(baseUrl).entity('Company').create({ comp_name: 'Åsa' })
    expect(seen).toMatchObject({
      authorization: `Basic ${Buffer.from('admin:pässword').toString('base64')}`,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength('{"Comp_Name":"Åsa"}')),
      accept: 'application/json',
    })
  })
})

const floods: Behaviour = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const chunk = Buffer.alloc(1024 * 1024, ' ')
  const more = () => {
    while (!request.socket.destroyed) if (!response.write(chunk)) return void response.once('drain', more)
  }
  more()
}

it('an answer without an end is given up', async () => {
  const { baseUrl } = await misbehavingServer(floods)
  const asked = crmAt(baseUrl, { requestTimeoutMs: 10_000 }).entity('Company').get('43')
  await expect(asked).rejects.toThrow(/larger than 33554432 bytes/)
})

it.each([
  ['a content type', answers(200, '<feed/>', { 'content-type': 'application/atom+xml' })],
  ['its first line', answers(200, '\n<?xml version="1.0"?><feed/>')],
])('XML is known by %s', async (_, behaviour) => {
  const { baseUrl } = await misbehavingServer(behaviour)
  const asked = crmAt(baseUrl).ping()
  await expect(asked).rejects.toThrow(CrmMisconfiguredError)
  await expect(asked).rejects.toThrow(/"sagecrm2"/)
})

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T04:00:00Z')
  it.each([
    ['120', 120_000],
    ['Tue, 24 Nov 2026 04:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 03:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected)
  })
})

describe('what an error says', () => {
  it('is the text of a page, short and without its mark-up', async () => {
    const page = `<html><style>b{}</style><script>var x</script><h1>HTTP&nbsp;500</h1><p>${'long '.repeat(100)}</p></html>`
    const { baseUrl } = await misbehavingServer(answers(500, page))
    const error = (await failureOf(crmAt(baseUrl).entity('Company').create(ACME))) as Error
    expect(error.message).toMatch(/^POST Company: 500 HTTP&nbsp;500 long long/)
    expect(error.message.length).toBeLessThanOrEqual('POST Company: 500 '.length + 200)
  })

  it('does not repeat what was sent, only which field', async () => {
    const diagnosis = { $message: "Value 'Åsa O'Brien' of Comp_Name is bad", $payloadPath: 'Comp_Name' }
    const { baseUrl } = await misbehavingServer(answers(422, { $diagnoses: [diagnosis] }))
    const error = await failureOf(crmAt(baseUrl).entity('Company').create({ comp_name: "Åsa O'Brien" }))
    expect(error).toBeInstanceOf(CrmRejectedError)
    expect(error).toMatchObject({ issues: ["Comp_Name: Value '…' of Comp_Name is bad"] })
    expect(String(error)).not.toContain('Brien')
  })

  it('does not repeat what was searched for, nor the key of a record', async () => {
    const { baseUrl } = await misbehavingServer(answers(400, "<p>Bad: comp_name eq 'Åsa O'Brien'</p>"))
    const company = crmAt(baseUrl).entity('Company')
    const where = { op: 'eq', field: 'comp_name', value: "Åsa O'Brien" } as const
    expect(String(await failureOf(company.find(where)))).not.toContain('Brien')
    expect(String(await failureOf(company.get('secret')))).not.toContain('secret')
  })

  it('names a code of the SData standard where there is no message', async () => {
    const { baseUrl } = await misbehavingServer(
      answers(400, { $diagnoses: [{ $sdataCode: 'BadWhereSyntax' }] }),
    )
    const error = await failureOf(crmAt(baseUrl).ping())
    expect(error).toMatchObject({ issues: ['BadWhereSyntax'] })
  })
})

it('what is injected stands around every request, outermost first, and sees the decision', async () => {
  const seen: string[] = []
  const watch =
    (name: string): Middleware =>
    async (request, next) => {
      seen.push(`${name} ${request.method} ${request.path}`)
      return next(request).catch((error: Error) => {
        seen.push(`${name} ${error.name}`)
        throw error
      })
    }
  const { baseUrl } = await misbehavingServer(answers(401))
  const crm = crmAt(baseUrl, { middlewares: [watch('slot'), watch('breaker')] })
  await failureOf(crm.entity('Company').get('43'))
  const request = "GET Company('43')"
  const failure = 'CrmCredentialsError'
  expect(seen).toEqual([`slot ${request}`, `breaker ${request}`, `breaker ${failure}`, `slot ${failure}`])
})

it('a user with a colon cannot be sent and is refused', () => {
  expect(() => crmAt('https://crm.example.com', { credentials: { user: 'a:b', password: '' } })).toThrow(
    /colon/,
  )
})

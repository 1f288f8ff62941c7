import { describe, expect, it, onTestFinished } from 'vitest'
import { examine } from '../../cli/doctor/examine.ts'
import type { Finding } from '../../cli/doctor/finding.ts'
import { type DialectName, dialects } from '../../emulator/dialects.ts'
import { type EmulatorOptions, startEmulator } from '../../emulator/server.ts'
import { defineConfig } from '../../lib/config/config.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import { connect } from '../../lib/crm/connection.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'

type CrmSettings = NonNullable<Parameters<typeof defineConfig>[0]['crm']>
type Settings = {
  readonly crm?: CrmSettings
  readonly password?: string
  readonly status?: string
  readonly write?: true
}

/** What the doctor finds at an address. */
async function diagnose(baseUrl: string, { crm = {}, password = 'admin', status, write }: Settings = {}) {
  const config = defineConfig({
    installation: 'test',
    publicUrl: 'http://127.0.0.1:4000',
    sources: { contact: { source: 'web-form' } },
    case: status === undefined ? {} : { status: status as 'Closed' },
    crm,
  })
  const credentials = { user: 'admin', password }
  const options = { baseUrl, credentials, requestTimeoutMs: 5_000, ...config.crm }
  const patient = {
    connection: connect(options),
    crm: createCrmClient({ ...options, entities: loadEntity }),
    config,
    now: () => new Date(),
  }
  onTestFinished(() => {
    patient.connection.close()
    patient.crm.close()
  })
  const findings: Finding[] = []
  for await (const finding of examine(patient, { write: write ?? false })) findings.push(finding)
  return findings
}

async function emulated(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ seed: true, ...options })
  onTestFinished(() => emulator.close())
  return emulator
}

const control = async (controlUrl: string, path: string, method = 'GET', body?: unknown) => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${controlUrl}/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers }),
  })
  return (await response.json()) as { requests: number; byMethodAndResource: Record<string, number> }
}

const ADMIN = `Basic ${Buffer.from('admin:admin').toString('base64')}`

async function createCompany(baseUrl: string): Promise<void> {
  const headers = { authorization: ADMIN, 'content-type': 'application/json' }
  const body = JSON.stringify({ comp_name: 'Acme' })
  const response = await fetch(`${baseUrl}/Company`, { method: 'POST', headers, body })
  expect(response.status).toBe(201)
}

const failuresOf = (findings: readonly Finding[]) => findings.filter(({ ok }) => ok === false)
const found = (findings: readonly Finding[], what: string) =>
  findings.find((finding) => finding.what === what)

describe.each(Object.keys(dialects) as DialectName[])('a CRM that is a %s', (dialect) => {
  it('passes, is read only, and is recognised when it may be written to', async () => {
    const { baseUrl, controlUrl } = await emulated({ dialect })
    expect(failuresOf(await diagnose(baseUrl))).toEqual([])
    const { byMethodAndResource } = await control(controlUrl, 'stats')
    expect(Object.keys(byMethodAndResource).filter((key) => !key.startsWith('GET '))).toEqual([])
    const written = await diagnose(baseUrl, { write: true })
    expect(failuresOf(written)).toEqual([])
    expect(found(written, 'dialect')?.said).toBe(`answers like ${dialect}`)
  })

  it('leaves no case behind', async () => {
    const { baseUrl } = await emulated({ dialect })
    await diagnose(baseUrl, { write: true })
    const headers = { authorization: ADMIN }
    const where = encodeURIComponent("case_description like 'sage-crm-functions doctor%'")
    const response = await fetch(`${baseUrl}/Cases?where=${where}`, { headers })
    expect(await response.json()).toMatchObject({ $totalResults: 0 })
  })
})

describe('the doctor', () => {
  it('tries a wrong password once', async () => {
    const { baseUrl, controlUrl } = await emulated()
    const findings = await diagnose(baseUrl, { password: 'wrong', write: true })
    expect(failuresOf(findings)).toEqual([expect.objectContaining({ what: 'credentials' })])
    expect((await control(controlUrl, 'stats')).requests).toBe(1)
  })

  it.each(['disabled', 'resource', 'expired'])(
    'takes a logon that is %s for one to be looked at, and tries it once',
    async (state) => {
      const { baseUrl, controlUrl } = await emulated()
      await control(controlUrl, 'users/admin', 'POST', { [state]: true })
      expect(failuresOf(await diagnose(baseUrl))).toEqual([
        expect.objectContaining({ what: 'credentials', todo: expect.stringContaining('Disabled') }),
      ])
      expect((await control(controlUrl, 'stats')).requests).toBe(1)
    },
  )

  it('says that nobody listens', async () => {
    const emulator = await emulated()
    await emulator.close()
    expect(await diagnose(emulator.baseUrl)).toEqual([
      expect.objectContaining({ what: 'reachable', ok: false }),
    ])
  })

  it.each([
    ['crm2j/sagecrm2', 'contract'],
    ['crmj/sagecrm', 'contract'],
  ])('says that %s is not the address', async (path, what) => {
    const { origin } = await emulated()
    const findings = await diagnose(`${origin}/sdata/${path}/-`)
    expect(failuresOf(findings)).toEqual([expect.objectContaining({ what })])
    expect(failuresOf(findings)[0]?.todo).toContain('sagecrm2')
  })

  it('takes a redirect for a wrong address and does not follow it', async () => {
    const { baseUrl, requests } = await misbehavingServer(
      answers(302, '', { location: 'https://elsewhere.example/' }),
    )
    expect(failuresOf(await diagnose(baseUrl))).toEqual([expect.objectContaining({ what: 'contract' })])
    expect(requests).toHaveLength(1)
  })

  it.each(['left-out', 'shown'] as const)(
    'names fields that the user may not see or change, though they are %s in the prototypes',
    async (securedFields) => {
      const { baseUrl, controlUrl } = await emulated({ switches: { securedFields } })
      const access = { hidden: ['pers_companyid'], readOnly: ['note_note'] }
      await control(controlUrl, 'users/admin', 'POST', { access })
      const failures = failuresOf(await diagnose(baseUrl))
      expect(failures.map(({ what }) => what)).toEqual(
        expect.arrayContaining(['Person.pers_companyid', 'Notes.note_note']),
      )
      for (const { todo } of failures) expect(todo).toContain('field security')
    },
  )

  it('names an entity that is not there for the user, and where that is allowed', async () => {
    const { baseUrl } = await emulated()
    const personByEmail = { resource: 'vSomething', email: 'pers_emailaddress', id: 'pers_personid' }
    const failures = failuresOf(await diagnose(baseUrl, { crm: { personByEmail } }))
    expect(failures).toEqual([
      expect.objectContaining({ what: 'vSomething', todo: expect.stringContaining('External Access') }),
    ])
  })

  it.each(['enum', 'none'] as const)(
    'names a code that the selection list does not have, with the codes of the prototypes (%s) or the captions',
    async (prototypeChoices) => {
      const { baseUrl } = await emulated({ switches: { prototypeChoices } })
      const failures = failuresOf(await diagnose(baseUrl, { status: 'Open' }))
      expect(failures).toEqual([
        expect.objectContaining({
          what: 'Cases.case_status',
          said: expect.stringContaining('sources.contact'),
          todo: expect.stringContaining('Closed'),
        }),
      ])
    },
  )

  it.each([
    ['honoured', 100, 'honoured', 'at most 100'],
    ['ignored', 'none', 'ignored', 'no cap seen'],
  ] as const)('sees that orderBy is %s and the page cap %s', async (orderBy, pageCap, order, pages) => {
    const { baseUrl } = await emulated({ switches: { orderBy, pageCap } })
    const findings = await diagnose(baseUrl)
    expect(found(findings, 'orderBy')).toMatchObject({ ok: true, said: expect.stringContaining(order) })
    expect(found(findings, 'pages')).toMatchObject({ ok: true, said: expect.stringContaining(pages) })
  })

  it('says that IIS is there and Tomcat is not', async () => {
    const { baseUrl } = await misbehavingServer(answers(404, '<html>404 - File not found</html>'))
    expect(failuresOf(await diagnose(baseUrl))).toEqual([
      expect.objectContaining({ what: 'contract', todo: expect.stringContaining('Tomcat') }),
    ])
  })

  it('names a marker column that is too short', async () => {
    const { baseUrl } = await emulated()
    const failures = failuresOf(await diagnose(baseUrl, { crm: { markerFields: { Cases: 'case_source' } } }))
    expect(failures).toContainEqual(
      expect.objectContaining({ what: 'Cases.case_source', said: expect.stringContaining('12') }),
    )
  })

  it('says that the configured release asks for more than the CRM knows, and which does not', async () => {
    const { baseUrl } = await emulated({ dialect: '2024R2' })
    const failures = failuresOf(await diagnose(baseUrl, { crm: { release: '2022R2' } }))
    expect(failures).toEqual([
      expect.objectContaining({ what: 'release', todo: expect.stringContaining("'2024R2'") }),
    ])
  })

  it('tells that the server is in another zone than configured, and by how much', async () => {
    const { baseUrl } = await emulated({ timeZone: 'Asia/Kolkata' })
    const failures = failuresOf(await diagnose(baseUrl, { crm: { release: '2022R2' } }))
    expect(failures).toEqual([
      expect.objectContaining({ what: 'time zone', said: expect.stringContaining('UTC+5:30') }),
    ])
    expect(
      failuresOf(await diagnose(baseUrl, { crm: { release: '2022R2', timeZone: 'Asia/Kolkata' } })),
    ).toEqual([])
  })

  it('tells zones apart that agree on one half of the year', async () => {
    const options = { release: '2022R2', timeZone: 'Europe/Dublin' } as const
    let today = ''
    const now = () => (today === '' ? new Date() : new Date(today))
    const { baseUrl } = await emulated({ timeZone: 'Europe/Dublin', seed: false, now })
    for (today of ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z']) await createCompany(baseUrl)
    expect(found(await diagnose(baseUrl, { crm: options }), 'time zone')).toMatchObject({
      ok: true,
      said: expect.stringContaining('2026-01-15 and 2026-07-15'),
    })
    const failures = failuresOf(await diagnose(baseUrl, { crm: { ...options, timeZone: 'UTC' } }))
    expect(failures).toEqual([
      expect.objectContaining({
        what: 'time zone',
        said: expect.stringMatching(/^on 2026-07-15 .*UTC\+1:00/),
      }),
    ])
  })

  it('tells that times are written without a zone', async () => {
    const { baseUrl } = await emulated({ timeZone: 'Europe/Dublin', switches: { instants: 'local' } })
    const crm = { timeZone: 'Europe/Dublin' }
    expect(failuresOf(await diagnose(baseUrl, { crm }))).toEqual([
      expect.objectContaining({ what: 'time zone', todo: expect.stringContaining("'local'") }),
    ])
    expect(failuresOf(await diagnose(baseUrl, { crm: { ...crm, instants: 'local' }, write: true }))).toEqual(
      [],
    )
  })

  it.each(['ignored', 'parameter', 'body'] as const)(
    'survives a POST with a condition that is %s',
    async (postQuery) => {
      const { baseUrl } = await emulated({ switches: { postQuery } })
      const finding = found(await diagnose(baseUrl, { write: true }), 'POST with a condition')
      expect(finding?.said).toMatch(postQuery === 'parameter' ? /^queries/ : /^creates/)
    },
  )
})

import { describe, expect, it } from 'vitest'
import { DEFAULTS, type Dialect, parseSwitch, SWITCHES } from '../../emulator/switches.ts'
import { basic, type Json, startCrm, type TestCrm } from './crm.ts'

const GATECOM = "Company('43')"
const CASE = { case_description: 'x' }
const OPENED = { case_description: 'x', case_opened: '2024-06-01T12:00:00Z' }

async function statusOf(crm: TestCrm, where: string, resource = 'Cases'): Promise<number> {
  return (await crm.get(`${resource}?where=${encodeURIComponent(where)}`)).status
}

async function propertyOf({ get }: TestCrm, resource: string, field: string): Promise<unknown> {
  return ((await get(`$prototypes/${resource}`)).body['$properties'] as Json)[field]
}

async function openedAt(crm: TestCrm): Promise<unknown> {
  const { body } = await crm.post('Cases', OPENED)
  return body['Case_Opened']
}

/** What can be seen of each value; the first of a switch is its default. In a CRM with the demo companies in Dublin. */
const SEEN: { readonly [K in keyof Dialect]: (crm: TestCrm) => Promise<unknown> } = {
  createStatus: async ({ post }) => (await post('Cases', CASE)).status,
  keyType: async ({ get }) => typeof (await get(GATECOM)).body['$key'],
  updateVerbs: async ({ request }) => {
    const accepts = async (verb: string) => (await request(verb, GATECOM, {})).status === 200
    return [await accepts('PUT'), await accepts('PATCH')]
  },
  writeAnswer: async ({ post }) => {
    const { body } = await post('Cases', CASE)
    return ['Case_Description' in body, 'Case_Status' in body]
  },
  deleteStatus: async ({ request }) => (await request('DELETE', GATECOM)).status,
  orderBy: async ({ get }) => {
    const { body } = await get('Company?count=1&orderBy=comp_name%20desc')
    return (body['$resources'] as Json[])[0]?.['Comp_Name']
  },
  linked: async ({ get }) => {
    const shape = ({ Person: person }: Json) =>
      Object.keys((person as Json | undefined) ?? {})[0] ?? 'nothing'
    return [shape((await get(GATECOM)).body), shape((await get(`${GATECOM}?include=person`)).body)]
  },
  errorBody: async ({ get }) => (await get("Company('1')")).text.slice(0, 5),
  pageSize: async ({ get }) => (await get('Company')).body['$itemsPerPage'],
  pageCap: async ({ get }) => (await get('Company?count=1000')).body['$itemsPerPage'],
  operators: async (crm) =>
    Promise.all(
      ['case_caseid gt 1', 'case_caseid ne 1', 'case_caseid lt 1'].map((where) => statusOf(crm, where)),
    ),
  dateOrder: (crm) => statusOf(crm, "case_opened gt '2024-01-01'"),
  dateLiterals: (crm) =>
    Promise.all(
      ["case_opened gt '2024-01-01'", 'case_opened gt @2024-01-01@'].map((where) => statusOf(crm, where)),
    ),
  checkboxes: (crm) => statusOf(crm, "pric_active eq 'Y'", 'Pricing'),
  wildcards: async ({ get }) => {
    const count = async (pattern: string) =>
      (await get(`Company?where=comp_companyid eq 43 and comp_name like '${encodeURIComponent(pattern)}'`))
        .body['$totalResults']
    return [await count('G%'), await count('G_tecom%'), await count('[F-H]%')]
  },
  selectMembers: async ({ get }) => Object.keys((await get(`${GATECOM}?select=comp_name`)).body),
  unknownId: async ({ get }) => {
    const { status, body } = await get("Company('1')")
    return [status, body['$resources']]
  },
  prototypeTypes: async (crm) => ((await propertyOf(crm, 'Company', 'Comp_Name')) as Json)['$type'],
  prototypeChoices: async (crm) => '$item' in ((await propertyOf(crm, 'Company', 'Comp_Type')) as Json),
  prototypeLengths: async (crm) => ((await propertyOf(crm, 'Company', 'Comp_Name')) as Json)['$maxLength'],
  securedFields: async (crm) => {
    await crm.control('POST', 'users/admin', { access: { hidden: ['comp_type'] } })
    return typeof (await propertyOf(crm, 'Company', 'Comp_Type'))
  },
  securedRecords: async (crm) => {
    await crm.control('POST', 'users/susan', { access: { territories: [7] } })
    return (await crm.request('GET', GATECOM, undefined, basic('susan', 's'))).status
  },
  unknownFields: async ({ post }) => (await post('Cases', { ...CASE, nosuch: 1 })).status,
  readOnlyFields: async ({ post }) => (await post('Cases', { ...CASE, case_referenceid: '1' })).status,
  selectionLists: async ({ post }) => (await post('Cases', { ...CASE, case_stage: 'Nosuch' })).status,
  tooLong: async ({ post }) => {
    const { status, text } = await post('Cases', { case_customerref: 'x'.repeat(31) })
    return [status, text.includes('would be truncated')]
  },
  uniqueViolation: async ({ post }) => {
    await post('Cases', { ...CASE, case_customerref: 'one' })
    return (await post('Cases', { ...CASE, case_customerref: 'one' })).status
  },
  lockOut: async ({ request, get }) => {
    for (let tries = 0; tries < 6; tries += 1) await request('GET', 'Company', undefined, basic('admin', 'x'))
    return (await get('Company')).status
  },
  rollUps: async ({ post, get }) => {
    const line = {
      quit_orderquoteid: 4001,
      quit_opportunityid: 801,
      quit_linetype: 'f',
      quit_description: 'x',
    }
    await post('QuoteItems', { ...line, quit_quantity: 1, quit_quotedprice: 1000 })
    return (await get("Quotes('4001')")).body['Quot_GrossAmt']
  },
  instants: openedAt,
  postQuery: async ({ post }) => {
    const asked = await post("Company?where=comp_name%20eq%20'Gatecom%20Inc.'", {})
    const told = await post('Company', { where: "comp_name eq 'Gatecom Inc.'" })
    return [asked, told].map(({ body }) => body['$totalResults'])
  },
  quickFind: async ({ get }) => {
    const { status, body } = await get('../$service/quickFind/getResults?query=clinic&entity=Company')
    return [status, body['$totalResults']]
  },
  quickFindAnswer: async ({ get }) => {
    const { text } = await get('../$service/quickFind/getResults?query=gatecom&entity=Company')
    const answer = JSON.parse(text) as Json | Json[]
    return Array.isArray(answer) ? Object.keys(answer[0] ?? {}) : '$resources' in answer
  },
  etags: async ({ get, emulator }) => {
    const { headers, body } = await get(GATECOM)
    const change = await fetch(`${emulator.baseUrl}/${GATECOM}`, {
      method: 'PUT',
      headers: { authorization: basic('admin', 'admin'), 'if-match': '"of another time"' },
      body: '{}',
    })
    return [headers.has('etag'), '$etag' in body, change.status]
  },
  caseAlias: async ({ get }) => (await get('case')).status,
}

/** What is seen of a switch's values, in their order. */
const WANTED: { readonly [K in keyof Dialect]: readonly unknown[] } = {
  createStatus: [201, 200],
  keyType: ['number', 'string'],
  updateVerbs: [
    [true, true],
    [true, false],
    [false, true],
  ],
  writeAnswer: [
    [true, false],
    [true, true],
    [false, false],
  ],
  deleteStatus: [200, 204],
  orderBy: ['Gatecom Inc.', 'Zielona Dolina Sp. z o.o.'],
  linked: [
    ['$url', '$url'],
    ['$resources', '$resources'],
    ['nothing', '$url'],
    ['nothing', 'nothing'],
  ],
  errorBody: ['{"$di', '<html', ''],
  pageSize: [10, 100],
  pageCap: [1000, 100],
  operators: [
    [200, 200, 200],
    [200, 200, 400],
    [200, 400, 400],
  ],
  dateOrder: [200, 400],
  dateLiterals: [
    [200, 200],
    [200, 400],
    [400, 200],
  ],
  checkboxes: [200, 400],
  wildcards: [
    [1, 1, 0],
    [1, 0, 0],
    [1, 1, 1],
  ],
  selectMembers: [['$url', '$key', '$title', 'Comp_Name'], ['Comp_Name']],
  unknownId: [
    [404, undefined],
    [410, undefined],
    [200, []],
  ],
  prototypeTypes: ['sdata/string', 'string', 'String'],
  prototypeChoices: [true, false],
  prototypeLengths: [60, undefined],
  securedFields: ['undefined', 'object'],
  securedRecords: [404, 403],
  unknownFields: [400, 201],
  readOnlyFields: [400, 201],
  selectionLists: [400, 201],
  tooLong: [
    [400, false],
    [500, true],
  ],
  uniqueViolation: [409, 500, 400],
  lockOut: [401, 200],
  rollUps: [13_314, 12_314],
  instants: ['2024-06-01T12:00:00Z', '2024-06-01T13:00:00'],
  postQuery: [
    [undefined, undefined],
    [1, undefined],
    [undefined, 1],
  ],
  quickFind: [
    [200, 1],
    [200, 3],
    [404, undefined],
  ],
  quickFindAnswer: [true, ['$url', '$title']],
  etags: [
    [false, false, 200],
    [true, true, 412],
  ],
  caseAlias: [404, 200],
}

const rows = (Object.keys(SWITCHES) as (keyof Dialect)[]).flatMap((name) =>
  SWITCHES[name].values.map((value, index) => ({ name, value, wanted: WANTED[name][index] })),
)

describe('the switch', () => {
  it.each(rows)('$name=$value makes the difference it says', async ({ name, value, wanted }) => {
    const crm = await startCrm({
      seed: true,
      timeZone: 'Europe/Dublin',
      unique: ['Cases.Case_CustomerRef'],
      users: [
        { logon: 'admin', password: 'admin' },
        { logon: 'susan', password: 's' },
      ],
      switches: { ...DEFAULTS, ...parseSwitch(`${name}=${value}`) },
    })
    expect(await SEEN[name](crm)).toEqual(wanted)
  })

  it.each(['nosuch=1', 'createStatus=999', '__proto__=1', 'createStatus', ''])('%j is refused', (text) => {
    expect(() => parseSwitch(text)).toThrow(/there is no switch|is one of/)
  })
})

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type EmulatorOptions, startEmulator } from '../../emulator/server.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import { withFamily } from '../../lib/crm/prototypes/captions.ts'
import { findField } from '../../lib/crm/prototypes/field.ts'
import { readPrototypes } from '../../lib/crm/prototypes/live.ts'
import { pullPrototypes, snapshotText } from '../../lib/crm/prototypes/pull.ts'
import { ENTITY_NAMES, loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { breakCrm } from '../support/crm.ts'
import { TEST_USER } from '../support/pipe.ts'

/** Lists of the emulator that have another name than their field. */
const FAMILIES = {
  lead_source: 'Comp_Source',
  lead_companycountry: 'addr_country',
  lead_personsalutation: 'Pers_Salutation',
  pers_source: 'Comp_Source',
  cmli_status: 'Comm_Status',
  orde_status: 'Quot_Status',
  orde_discounttype: 'Quot_DiscountType',
  orit_linetype: 'QuIt_LineType',
}

async function emulated(options: EmulatorOptions) {
  const emulator = await startEmulator({ users: [TEST_USER], ...options })
  const credentials = { user: TEST_USER.logon, password: TEST_USER.password }
  const { baseUrl } = emulator
  const crm = createCrmClient({ baseUrl, credentials, requestTimeoutMs: 5_000, entities: loadEntity })
  onTestFinished(async () => {
    crm.close()
    await emulator.close()
  })
  return { crm, controlUrl: emulator.controlUrl }
}

it('a CRM whose prototypes name no codes has the same lists, from Custom_Captions', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'prototypes-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { crm } = await emulated({ dialect: '2019R2' })
  const { missing } = await pullPrototypes(crm, folder, { captionFamilies: FAMILIES })
  expect(missing).toEqual([])
  for (const name of ENTITY_NAMES) {
    const pulled = await readFile(path.join(folder, `${name}.json`), 'utf8')
    expect(pulled).toBe(snapshotText(await loadEntity(name)))
  }
})

it('a list that has another name is said to be unknown until it is named', async () => {
  const { crm } = await emulated({ dialect: '2019R2' })
  const { entities, said } = await readPrototypes(crm)
  const lead = entities.find(({ name }) => name === 'Lead')
  expect(lead && findField(lead, 'lead_source')?.choices).toBeUndefined()
  const opportunity = entities.find(({ name }) => name === 'Opportunity')
  expect(opportunity && findField(opportunity, 'oppo_source')?.choices?.[0]?.code).toBe('Phone')
  expect(said).toEqual([expect.stringMatching(/name it in crm\.captionFamilies: .*Lead\.Lead_Source/)])
})

it('a CRM that names no lengths is said not to have them checked', async () => {
  const { crm } = await emulated({ switches: { prototypeLengths: 'none' } })
  const { entities, said } = await readPrototypes(crm)
  expect(entities.flatMap(({ fields }) => fields).filter(({ maxLength }) => maxLength !== undefined)).toEqual(
    [],
  )
  expect(said).toEqual([expect.stringContaining('lengths are not checked')])
})

it.each(['enum', 'none'] as const)(
  'captions of other languages come with the codes (%s)',
  async (prototypeChoices) => {
    const { crm } = await emulated({ switches: { prototypeChoices } })
    const captions = crm.entity('Custom_Captions')
    const email = await captions.select({
      op: 'and',
      of: [
        { op: 'eq', field: 'capt_family', value: 'Case_Source' },
        { op: 'eq', field: 'capt_code', value: 'Email' },
      ],
    })
    await captions.update(email.key, { capt_de: 'E-Mail', capt_fr: 'Courriel' })
    const { entities } = await readPrototypes(crm)
    const cases = entities.find(({ name }) => name === 'Cases')
    expect(cases && findField(cases, 'case_source')?.choices).toEqual([
      { code: 'Phone', caption: 'Phone' },
      { code: 'Email', caption: 'E-mail', captions: { DE: 'E-Mail', FR: 'Courriel' } },
      { code: 'Fax', caption: 'Fax' },
      { code: 'Web', caption: 'Web' },
    ])
  },
)

it('a CRM that shows no captions keeps the lists of its prototypes', async () => {
  const { crm, controlUrl } = await emulated({})
  const fault = { kind: 'status', status: 403, when: 'before-commit' }
  await breakCrm({ controlUrl }, { resource: 'Custom_Captions', fault })
  const { entities, said } = await readPrototypes(crm)
  expect(said).toEqual([expect.stringMatching(/^Custom_Captions: cannot be read/)])
  const cases = entities.find(({ name }) => name === 'Cases')
  expect(cases && findField(cases, 'case_source')?.choices).toHaveLength(4)
})

it('text with a list of its own name is a selection, other text and numbers are not', () => {
  const families = new Map([['case_colour', [{ code: 'Red', caption: 'Red' }]]])
  const field = { caption: '', type: 'string', mandatory: false, readOnly: false, hidden: false } as const
  const type = (name: string, more: object = {}) => withFamily({ ...field, name, ...more }, families, {}).type
  expect([type('Case_Colour'), type('case_shape'), type('case_colour', { type: 'integer' })]).toEqual([
    'choice',
    'string',
    'integer',
  ])
})

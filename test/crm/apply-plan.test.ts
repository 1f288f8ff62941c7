import { describe, expect, it } from 'vitest'
import { CrmRejectedError } from '../../lib/crm/errors.ts'
import { type Known, noteOf, type Step } from '../../lib/crm/plan.ts'
import { PlanError } from '../../lib/crm/resolve.ts'
import { type Applying, caseStep, companyStep, idOf, startApplying } from '../support/applying.ts'
import { addToCrm, allOf, breakCrm, statsOf } from '../support/crm.ts'

const COMPANY = companyStep('Acme')
const CASE = caseStep({
  needs: ['company'],
  create: { case_description: 'Forty routers', case_primarycompanyid: { ref: 'company' } },
})
const NOTE = noteOf('note', 'case', 'Cases', 'Forty routers, please.')

/** What was intended, one text for each write of the journal. */
function intended({ journal }: Applying): string[] {
  return journal.log.filter((line) => line.startsWith('intends '))
}

function refuse({ emulator }: Applying, method: string, resource: string): Promise<void> {
  return breakCrm(emulator, {
    method,
    resource,
    fault: { kind: 'status', status: 422, when: 'before-commit' },
  })
}

function delay({ emulator }: Applying, resource: string): Promise<void> {
  return breakCrm(emulator, { method: 'GET', resource, fault: { kind: 'latency', ms: 200 } })
}

describe('the steps of a plan', () => {
  it('are made in waves, whatever their order: each is one write of the journal, and follows what it needs', async () => {
    const test = await startApplying()
    const other = caseStep({ as: 'other' })
    const effects = await test.apply({ steps: [NOTE, CASE, other, COMPANY] })
    expect(effects).toEqual({ note: 'created', case: 'created', other: 'created', company: 'created' })
    expect(intended(test)).toEqual(['intends other, company', 'intends case', 'intends note'])
    expect(await allOf(test.emulator, 'Notes')).toMatchObject([{ Note_ForeignId: idOf(test, 'case') }])
    const [, second] = await allOf(test.emulator, 'Cases')
    expect(second).toMatchObject({ Case_PrimaryCompanyId: idOf(test, 'company') })
  })

  it('that wait for each other are a mistake of the plan, found when nothing else is left to do', async () => {
    const test = await startApplying()
    const steps = [caseStep({ needs: ['other'] }), caseStep({ as: 'other', needs: ['case'] }), COMPANY]
    await expect(test.apply({ steps })).rejects.toThrow(
      new PlanError('the steps of the plan wait for each other'),
    )
    expect(intended(test)).toEqual(['intends company'])
  })

  it('refer to what they need alone: all else may not be there', async () => {
    const test = await startApplying()
    const record = {
      as: 'case',
      resource: 'Cases',
      id: '7',
      adopted: false,
      removed: true,
      state: 'bound',
    } as const
    test.journal.note({ case: record })
    const steps = [caseStep(), { ...NOTE, needs: ['later'] }, caseStep({ as: 'later' })]
    await expect(test.apply({ steps })).rejects.toThrow(
      new PlanError('the plan refers to "case", which is not bound'),
    )
  })

  it('may be none', async () => {
    const test = await startApplying()
    expect(await test.apply({ steps: [] })).toEqual({})
  })

  it.each(['Company', 'Currency'])(
    'leave no request open when one of them fails: a look-up of %s has ended by then',
    async (resource) => {
      const test = await startApplying()
      await refuse(test, 'POST', 'Cases')
      await delay(test, resource)
      const steps = [caseStep(), companyStep('Acme', { needs: ['case'] })]
      const known = [{ as: 'currency', resource: 'Currency', field: 'curr_symbol', value: 'EUR' }]
      await expect(test.apply({ steps, known })).rejects.toThrow(CrmRejectedError)
      expect((await statsOf(test.emulator)).concurrency).toBe(0)
    },
  )
})

describe('a record that the plan takes for granted', () => {
  const PRODUCT: Known = { as: 'product', resource: 'NewProduct', field: 'prod_code', value: 'RT-100' }
  const text = { whether: 'product', there: 'Ours', otherwise: 'Not ours' }
  const NEEDING = caseStep({ as: 'later', needs: ['case', 'product'], create: { case_description: text } })

  it('refuses the whole plan where it is required and not there, before anything is made', async () => {
    const test = await startApplying()
    await delay(test, 'NewProduct')
    const required = 'the CRM has no product RT-100'
    const applied = test.apply({ steps: [caseStep()], known: [{ ...PRODUCT, required }] })
    await expect(applied).rejects.toMatchObject({ name: 'CrmRejectedError', message: required })
    expect(await allOf(test.emulator, 'Cases')).toEqual([])
  })

  it('holds up those steps alone that need it, and is forgotten when all are done', async () => {
    const test = await startApplying()
    await addToCrm(test.emulator, 'NewProduct', { prod_code: 'RT-100', prod_name: 'Router' })
    await delay(test, 'NewProduct')
    await test.apply({ steps: [caseStep(), NEEDING], known: [PRODUCT] })
    const order = ['intends case', 'knows product', 'intends later', 'forgets product']
    expect(test.journal.log.filter((line) => order.includes(line))).toEqual(order)
    expect((await allOf(test.emulator, 'Cases'))[1]).toMatchObject({ Case_Description: 'Ours' })
  })

  it('and that is not there is no hindrance unless it is required', async () => {
    const test = await startApplying()
    expect(await test.apply({ steps: [caseStep(), NEEDING], known: [PRODUCT] })).toMatchObject({
      later: 'created',
    })
    expect((await allOf(test.emulator, 'Cases'))[1]).toMatchObject({ Case_Description: 'Not ours' })
  })

  it('stays known to the next try of a plan that failed', async () => {
    const test = await startApplying()
    await refuse(test, 'POST', 'Cases')
    await expect(test.apply({ steps: [caseStep(), NEEDING], known: [PRODUCT] })).rejects.toThrow(
      CrmRejectedError,
    )
    expect(test.journal.entry('product')).toMatchObject({ state: 'bound', removed: true })
  })
})

describe('what a record says otherwise than was sent', () => {
  const differs = (city: string): Step => ({
    ...noteOf('differences', 'case', 'Cases', ''),
    needs: ['case', 'company'],
    differs: {
      as: 'company',
      text: 'note_note',
      heading: 'Otherwise:',
      wanted: [{ label: 'Web site', field: 'comp_website', value: city }],
    },
  })
  const steps = (site: string) => [
    COMPANY,
    { ...CASE, needs: [], create: {} },
    differs(site),
    { ...NOTE, needs: ['case', 'later'] },
    caseStep({ as: 'later', needs: ['case'] }),
  ]

  it('is told last, after all that was asked for', async () => {
    const test = await startApplying()
    await addToCrm(test.emulator, 'Company', { comp_name: 'Acme', comp_website: 'acme.example' })
    const effects = await test.apply({ steps: steps('other.example') })
    expect(effects).toMatchObject({ company: 'adopted', differences: 'created' })
    expect(intended(test)).toEqual(['intends case', 'intends later', 'intends note', 'intends differences'])
    const notes = await allOf(test.emulator, 'Notes')
    expect(notes[1]?.['Note_Note']).toMatch(
      /^Otherwise:\n\nWeb site: sent "other.example", here "acme.example"/,
    )
  })

  it('is nothing where it says the same, which is known before all is done', async () => {
    const test = await startApplying()
    await addToCrm(test.emulator, 'Company', { comp_name: 'Acme', comp_website: 'acme.example' })
    await refuse(test, 'POST', 'Notes')
    await expect(test.apply({ steps: steps('acme.example') })).rejects.toThrow(CrmRejectedError)
    expect(test.journal.entry('company')).toMatchObject({ told: true })
    expect(await test.apply({ steps: steps('acme.example') })).toMatchObject({
      differences: 'skipped',
      note: 'created',
    })
    expect(await allOf(test.emulator, 'Notes')).toHaveLength(1)
  })
})

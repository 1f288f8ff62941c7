import { describe, expect, it } from 'vitest'
import { CrmAmbiguousError } from '../../lib/crm/errors.ts'
import { NotYetError } from '../../lib/crm/journal.ts'
import { noteOf, type Step } from '../../lib/crm/plan.ts'
import { type Applying, caseStep, companyStep, idOf, startApplying } from '../support/applying.ts'
import { addToCrm, allOf, breakCrm, changeCrm, deleteFromCrm, requestsTo } from '../support/crm.ts'

const COMPANY = companyStep('Acme')
const CASE = caseStep({ needs: ['company'], update: { case_description: 'Forty routers' } })
const CHANGED = { ...CASE, update: { case_description: 'Fifty routers' } }
const NOTE = noteOf('note', 'case', 'Cases', 'Forty routers, please.')
const BESIDE = caseStep({ as: 'beside', needs: ['company'] })
const ANSWER = caseStep({ as: 'answer', needs: ['beside', 'note'] })
const ALL = [COMPANY, CASE, NOTE, BESIDE]

/** Where a plan has been applied. */
async function applied(steps: readonly Step[] = ALL): Promise<Applying> {
  const test = await startApplying()
  await test.apply({ steps })
  test.journal.log.length = 0
  return test
}

describe('a plan that is applied again', () => {
  it('asks for nothing and writes nothing down where it wants nothing else', async () => {
    const test = await applied()
    const before = await requestsTo(test.emulator)
    const effects = await test.apply({ steps: ALL })
    expect(new Set(Object.values(effects))).toEqual(new Set(['unchanged']))
    expect(test.journal.log).toEqual([])
    expect(await requestsTo(test.emulator)).toBe(before)
  })

  it('writes what is new, once what is to be written is intended', async () => {
    const test = await applied()
    expect(await test.apply({ steps: [COMPANY, CHANGED] })).toMatchObject({ case: 'updated' })
    expect(test.journal.log).toEqual(['changes case', 'knows case'])
  })

  it('leaves alone what people have changed, and names it', async () => {
    const test = await applied()
    await changeCrm(test.emulator, `Cases('${idOf(test, 'case')}')`, { Case_Description: 'Ours' })
    const effects = await test.apply({ steps: [COMPANY, CHANGED] })
    expect(effects).toMatchObject({ case: 'kept, case_description' })
  })

  it('skips a record of people’s that they have changed meanwhile, and what needs it', async () => {
    const test = await startApplying()
    const id = await addToCrm(test.emulator, 'Cases', { case_description: 'Theirs', case_priority: 'Low' })
    const match = { by: 'id', id, seen: { case_priority: 'High' } } as const
    const step = caseStep({ match, update: { case_priority: 'Normal' } })
    const effects = await test.apply({ steps: [step, NOTE] })
    expect(effects).toEqual({ case: 'skipped, case_priority', note: 'skipped' })
    expect(test.journal.entry('case')).toBeUndefined()
  })
})

describe('a record that is there before its plan', () => {
  it('is adopted, and remembered; nobody waits for its key', async () => {
    const test = await startApplying()
    await addToCrm(test.emulator, 'Company', { comp_name: 'Acme' })
    expect(await test.apply({ steps: [COMPANY] })).toEqual({ company: 'adopted' })
    expect(test.journal.entry('company')).toMatchObject({ state: 'bound', adopted: true })
    expect(new Set(test.journal.log)).toEqual(new Set(['knows company']))
  })
})

describe('a record that people have deleted', () => {
  async function deleted(): Promise<Applying> {
    const test = await applied()
    await deleteFromCrm(test.emulator, `Cases('${idOf(test, 'case')}')`)
    return test
  }

  it('is not made again, nor is what belongs to it; all else is', async () => {
    const test = await deleted()
    expect(await test.apply({ steps: [COMPANY, CHANGED, NOTE, ANSWER, BESIDE] })).toEqual({
      company: 'unchanged',
      case: 'removed',
      note: 'skipped',
      answer: 'skipped',
      beside: 'unchanged',
    })
  })

  it('is made anew with all that belonged to it, and nothing else, when a redrive is told to', async () => {
    const test = await deleted()
    const steps = [COMPANY, CHANGED, { ...NOTE, needs: ['beside', 'case'] }, BESIDE]
    const [before] = await allOf(test.emulator, 'Notes')
    const effects = await test.apply({ steps }, { redriven: 'recreate' })
    expect(effects).toEqual({ company: 'unchanged', case: 'created', note: 'created', beside: 'unchanged' })
    expect(await allOf(test.emulator, 'Notes')).toMatchObject([
      { Note_NoteId: before?.['Note_NoteId'] },
      { Note_ForeignId: idOf(test, 'case') },
    ])
  })

  it('may have left something under way: that is waited for before it is made anew', async () => {
    const test = await deleted()
    test.journal.note({ note: { state: 'intent', marker: 'sf-note', sendBy: test.journal.now() } })
    const again = test.apply({ steps: [COMPANY, CHANGED, NOTE] }, { redriven: 'recreate' })
    await expect(again).rejects.toThrow(NotYetError)
    expect(test.journal.entry('note')).toMatchObject({ state: 'intent' })
  })

  it('was no owner of its company, which stays; nor is a company one of its case', async () => {
    const test = await deleted()
    const steps = [
      { ...CHANGED, needs: [] },
      { ...COMPANY, needs: ['case'] },
    ]
    expect(await test.apply({ steps }, { redriven: 'recreate' })).toEqual({
      case: 'created',
      company: 'unchanged',
    })
    await deleteFromCrm(test.emulator, `Company('${idOf(test, 'company')}')`)
    expect(await test.apply({ steps: [COMPANY, CHANGED] }, { redriven: 'check' })).toEqual({
      company: 'created',
      case: 'updated',
    })
  })
})

describe('a create whose answer was lost', () => {
  const inPart = { kind: 'partial-commit', children: 0, answer: 'reset' }
  const phone = { phone: [{ type: 'Business', fields: { phon_number: '34322' } }] }

  /** The company was made, as the fault says. */
  async function lost(step: Step, fault: Readonly<Record<string, unknown>>): Promise<Applying> {
    const test = await startApplying()
    await breakCrm(test.emulator, { method: 'POST', resource: 'Company', fault })
    await expect(test.apply({ steps: [step] })).rejects.toThrow(CrmAmbiguousError)
    test.journal.log.length = 0
    return test
  }

  /** Nothing that was sent is under way any more. */
  const ended = ({ journal }: Applying) => ({ quarantineEnd: () => journal.now() })

  it('may still be under way: that is waited for', async () => {
    const test = await lost(COMPANY, { kind: 'reset', when: 'after-commit' })
    await expect(test.apply({ steps: [COMPANY] })).rejects.toThrow(NotYetError)
  })

  it('is found once it has ended; then its natural key is free for others', async () => {
    const test = await lost(COMPANY, { kind: 'reset', when: 'after-commit' })
    expect(await test.apply({ steps: [COMPANY] }, ended(test))).toEqual({ company: 'adopted' })
    expect(test.journal.log).toEqual(['settles company', 'knows company'])
    expect(test.journal.entry('company')).toMatchObject({ state: 'bound', resource: 'Company' })
  })

  it('gets the children it lacks, and what needs it comes after these', async () => {
    const step = { ...COMPANY, children: phone }
    const test = await lost(step, inPart)
    expect(await test.apply({ steps: [step, CASE] }, ended(test))).toEqual({
      company: 'created',
      case: 'created',
    })
    expect(await allOf(test.emulator, 'Phone')).toMatchObject([{ Phon_Number: '34322' }])
    expect(test.journal.entry('company')).toMatchObject({ state: 'bound', adopted: false })
    const order = ['knows company', 'settles company', 'intends case']
    expect(test.journal.log.filter((line) => order.includes(line))).toEqual(order)
  })
})

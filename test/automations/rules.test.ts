import { describe, expect, it } from 'vitest'
import { type Automated, startAutomated } from '../support/automations.ts'
import { changeCrm } from '../support/crm.ts'

const DAILY = 'cron(0 7 * * ? *)'
const office = { timeZone: 'Europe/Dublin', holidays: ['2026-12-25', '2026-12-28'] }
/** The CRM everybody can be: no order, no lt, no dates in a condition. */
const POOREST = {
  dialect: '2019R2',
  switches: { operators: 'documented', orderBy: 'ignored', dateOrder: 'no', checkboxes: 'refused' },
} as const

const change = ({ emulator }: Automated, path: string, fields: Readonly<Record<string, unknown>>) =>
  changeCrm(emulator, path, fields)
const subjects = async ({ all }: Automated) => (await all('Communication')).map((one) => one['Comm_Subject'])
const notes = async ({ all }: Automated) =>
  (await all('Notes')).map((one) => String(one['Note_Note']).split('\n')[0])

describe('escalate-overdue-cases', () => {
  const NAME = 'escalate-overdue-cases'
  const levels = [
    { untouchedHours: 8, priority: 'High' as const },
    { overdueHours: 4, assignedUserId: 1, task: false },
  ]
  const start = (at: string) => startAutomated({ [NAME]: { schedule: DAILY, office, levels } }, at, POOREST)

  it('counts only the hours the office works', async () => {
    const automated = await start('2026-12-24T15:00:00Z')
    await automated.add('Cases', { case_description: 'Before Christmas' })
    automated.setClock('2026-12-29T14:59:00Z')
    expect((await automated.run(NAME)).report).toMatchObject({ changed: 0, skipped: { 'in time': 1 } })
    automated.setClock('2026-12-29T15:01:00Z')
    expect((await automated.run(NAME)).report?.changed).toBe(1)
    expect(await notes(automated)).toEqual([
      'Escalated to level 1: nothing has happened since 2026-12-24 15:00 UTC.',
    ])
  })

  it('takes a communication for a touch', async () => {
    const automated = await start('2026-11-30T09:00:00Z')
    const id = await automated.add('Cases', { case_description: 'Busy' })
    automated.setClock('2026-11-30T16:00:00Z')
    await automated.add('Communication', { comm_caseid: Number(id), comm_subject: 'Called' })
    automated.setClock('2026-12-01T12:00:00Z')
    expect((await automated.run(NAME)).report?.changed).toBe(0)
    automated.setClock('2026-12-01T16:01:00Z')
    expect((await automated.run(NAME)).report?.changed).toBe(1)
  })

  it('goes up through its levels, each once, and never down', async () => {
    const automated = await start('2026-11-30T09:00:00Z')
    const fields = { case_description: 'Forgotten', case_targetclose: '2026-12-04T12:00:00Z' }
    const id = await automated.add('Cases', fields)
    for (const at of [
      '2026-12-02T09:00:00Z',
      '2026-12-04T16:30:00Z',
      '2026-12-07T16:30:00Z',
      '2026-12-21T16:30:00Z',
    ]) {
      automated.setClock(at)
      await automated.run(NAME)
    }
    await change(automated, `Cases('${id}')`, { case_targetclose: '2027-12-24T12:00:00Z' })
    automated.setClock('2027-01-15T16:30:00Z')
    await automated.run(NAME)
    expect(await notes(automated)).toEqual([
      'Escalated to level 1: nothing has happened since 2026-11-30 09:00 UTC.',
      'Escalated to level 2: it should have been closed by 2026-12-04 12:00 UTC.',
    ])
    const [record] = await automated.all('Cases')
    expect([record?.['Case_Priority'], record?.['Case_AssignedUserId']]).toEqual(['High', 1])
    expect(await subjects(automated)).toEqual(['Escalated to level 1: Forgotten'])
  })

  it('leaves a case alone that waits for its customer', async () => {
    const automated = await start('2026-11-30T09:00:00Z')
    await automated.add('Cases', { case_description: 'Asked', case_stage: 'Waiting' })
    automated.setClock('2026-12-30T09:00:00Z')
    expect((await automated.run(NAME)).report?.skipped).toEqual({ 'nobody can do anything': 1 })
  })

  it('gives the task to the owner, under its company and person', async () => {
    const automated = await start('2026-11-30T09:00:00Z')
    const company = Number(await automated.add('Company', { comp_name: 'Gatecom' }))
    const person = Number(await automated.add('Person', { pers_lastname: 'Agnew', pers_companyid: company }))
    await automated.add('Cases', {
      case_description: 'Router',
      case_assigneduserid: 1,
      case_primarycompanyid: company,
      case_primarypersonid: person,
    })
    automated.setClock('2026-12-02T09:00:00Z')
    await automated.run(NAME)
    const [task] = await automated.all('Communication')
    expect(await automated.all('Comm_Link')).toMatchObject([
      {
        CmLi_Comm_CommunicationId: task?.['$key'],
        CmLi_Comm_UserId: 1,
        CmLi_Comm_CompanyId: company,
        CmLi_Comm_PersonId: person,
      },
    ])
  })
})

describe('close-answered-cases', () => {
  const NAME = 'close-answered-cases'
  const start = () =>
    startAutomated({ [NAME]: { schedule: DAILY, days: 14 } }, '2026-11-02T09:00:00Z', POOREST)

  it('closes a case whose customer has not answered, with a note, and again when it waits again', async () => {
    const automated = await start()
    const id = await automated.add('Cases', { case_description: 'Asked', case_stage: 'Waiting' })
    await automated.add('Cases', { case_description: 'Not waiting' })
    automated.setClock('2026-11-16T08:00:00Z')
    expect((await automated.run(NAME)).report?.changed).toBe(0)
    automated.setClock('2026-11-16T09:00:01Z')
    expect((await automated.run(NAME)).report?.changed).toBe(1)
    const [record, other] = await automated.all('Cases')
    expect([record?.['Case_Status'], record?.['Case_Stage'], other?.['Case_Status']]).toEqual([
      'Closed',
      'Solved',
      'In Progress',
    ])
    expect(record?.['Case_Closed']).toMatch(/^2026-11-16T09:00/)
    await change(automated, `Cases('${id}')`, { case_status: 'In Progress', case_stage: 'Waiting' })
    automated.setClock('2026-12-01T09:00:00Z')
    expect((await automated.run(NAME)).report?.changed).toBe(1)
    expect(await notes(automated)).toHaveLength(2)
  })

  it('waits on when the customer has written', async () => {
    const automated = await start()
    const id = await automated.add('Cases', { case_description: 'Asked', case_stage: 'Waiting' })
    automated.setClock('2026-11-12T09:00:00Z')
    await automated.add('Communication', { comm_caseid: Number(id), comm_action: 'EmailIn' })
    automated.setClock('2026-11-20T09:00:00Z')
    expect((await automated.run(NAME)).report).toMatchObject({
      changed: 0,
      skipped: { 'not waiting long enough': 1 },
    })
  })
})

describe('follow-up-quotes', () => {
  const NAME = 'follow-up-quotes'
  const settings = { schedule: DAILY, timeZone: 'Europe/Dublin', opportunityStage: 'Negotiating' as const }
  const quoted = async (status = 'In Progress') => {
    const automated = await startAutomated({ [NAME]: settings }, '2026-11-02T09:00:00Z', POOREST)
    const opportunity = await automated.add('Opportunity', {
      oppo_description: 'Network',
      oppo_assigneduserid: 1,
      oppo_status: status,
    })
    const quote = await automated.add('Quotes', {
      quot_opportunityid: Number(opportunity),
      quot_description: 'First offer',
      quot_expirationdate: '2026-11-20T00:00:00Z',
    })
    return { ...automated, quote, opportunity }
  }

  it('gives the owner one task before the day, and makes the quote Inactive after it', async () => {
    const automated = await quoted()
    const at = async (instant: string) => {
      automated.setClock(instant)
      return (await automated.run(NAME)).report?.changed
    }
    expect(await at('2026-11-16T07:00:00Z')).toBe(0)
    expect(await at('2026-11-17T07:00:00Z')).toBe(1)
    expect(await at('2026-11-18T07:00:00Z')).toBe(0)
    expect(await at('2026-11-20T23:00:00Z')).toBe(0)
    expect(await at('2026-11-21T07:00:00Z')).toBe(1)
    expect(await at('2026-11-22T07:00:00Z')).toBe(0)
    expect(await subjects(automated)).toEqual(['Quote expires on 2026-11-20: First offer'])
    expect(await notes(automated)).toEqual(['Expired on 2026-11-20; the quote is no longer active.'])
    const [[quote], [opportunity]] = [await automated.all('Quotes'), await automated.all('Opportunity')]
    expect([quote?.['Quot_Status'], opportunity?.['Oppo_Stage']]).toEqual(['Inactive', 'Negotiating'])
    const [link] = await automated.all('Comm_Link')
    expect(link?.['CmLi_Comm_UserId']).toBe(1)
  })

  it('begins anew when people give the quote another day', async () => {
    const automated = await quoted()
    automated.setClock('2026-11-19T07:00:00Z')
    await automated.run(NAME)
    await change(automated, `Quotes('${automated.quote}')`, { quot_expirationdate: '2026-12-04T00:00:00Z' })
    automated.setClock('2026-12-02T07:00:00Z')
    await automated.run(NAME)
    expect(await subjects(automated)).toEqual([
      'Quote expires on 2026-11-20: First offer',
      'Quote expires on 2026-12-04: First offer',
    ])
  })

  it('never touches a converted quote, nor one whose opportunity is closed', async () => {
    const automated = await quoted('Won')
    automated.setClock('2026-12-24T07:00:00Z')
    expect((await automated.run(NAME)).report?.skipped).toEqual({ 'its opportunity is closed': 1 })
    await change(automated, `Quotes('${automated.quote}')`, { quot_status: 'Converted' })
    expect((await automated.run(NAME)).report).toMatchObject({ changed: 0, matched: 0 })
  })
})

describe('nudge-stale-opportunities', () => {
  const NAME = 'nudge-stale-opportunities'

  it('gives the owner one task for each silence', async () => {
    const automated = await startAutomated(
      { [NAME]: { schedule: DAILY, days: 10 } },
      '2026-11-02T09:00:00Z',
      POOREST,
    )
    const id = await automated.add('Opportunity', { oppo_description: 'Network', oppo_assigneduserid: 1 })
    const at = async (instant: string) => {
      automated.setClock(instant)
      return (await automated.run(NAME)).report?.changed
    }
    expect(await at('2026-11-12T08:00:00Z')).toBe(0)
    expect(await at('2026-11-12T10:00:00Z')).toBe(1)
    expect(await at('2026-12-12T10:00:00Z')).toBe(0)
    const [task] = await automated.all('Communication')
    await change(automated, `Communication('${task?.['$key']}')`, { comm_status: 'Complete' })
    expect(await at('2026-12-20T10:00:00Z')).toBe(0)
    expect(await at('2026-12-22T10:00:01Z')).toBe(1)
    await automated.add('Communication', {
      comm_opportunityid: Number(id),
      comm_subject: 'Meeting',
      comm_datetime: '2027-02-01T10:00:00Z',
    })
    expect(await at('2027-02-10T10:00:00Z')).toBe(0)
    expect(await at('2027-02-11T10:00:00Z')).toBe(1)
    expect((await subjects(automated)).filter((one) => one !== 'Meeting')).toEqual([
      'No contact for 10 days: Network',
      'No contact for 10 days: Network',
      'No contact for 10 days: Network',
    ])
  })
})

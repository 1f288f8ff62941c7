import { expect, it } from 'vitest'
import type { AutomationName } from '../../lib/config/automations.ts'
import { loadAutomation } from '../../lib/delivery/automation/run-record.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { startAutomated } from '../support/automations.ts'
import { minute } from '../support/pipe.ts'
import { HOLIDAYS, OFFICE_ZONE, officeHours, wallAt } from './office-clock.ts'
import { People } from './people.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** `npm run year` lives through all of it; the ordinary tests through the two weeks around each change of the clocks. */
const isWholeYear = process.env['FAST_CHECK_SCALE'] !== undefined
const SPANS: readonly (readonly [name: string, from: string, days: number])[] = isWholeYear
  ? [['a year', '2026-01-01', 365]]
  : [
      ['the weeks when the clocks go forward', '2026-03-16', 22],
      ['the weeks when the clocks go back', '2026-10-19', 14],
    ]

/** Every automation at an hour of its own; two of them in the hours that are skipped and shown twice. */
const DAILY = { timeZone: OFFICE_ZONE }
const AUTOMATIONS = {
  'escalate-overdue-cases': {
    ...DAILY,
    schedule: 'cron(0 7,12,17 ? * MON-FRI *)',
    office: { timeZone: OFFICE_ZONE, holidays: HOLIDAYS },
    levels: [
      { overdueHours: 0, priority: 'High' as const },
      { overdueHours: 24, assignedUserId: 1 },
    ],
  },
  'follow-up-quotes': { ...DAILY, schedule: 'cron(30 1 * * ? *)', daysBefore: 3 },
  'nudge-stale-opportunities': { ...DAILY, schedule: 'cron(0 6 * * ? *)', days: 10 },
  'close-answered-cases': { ...DAILY, schedule: 'cron(45 1 * * ? *)', days: 3 },
}
const NAMES = Object.keys(AUTOMATIONS) as AutomationName[]

it.each(SPANS)(
  'in %s every automation runs at its hours and does everything once',
  async (_, from, days) => {
    const start = Date.parse(`${from}T00:00:00Z`)
    const automated = await startAutomated(AUTOMATIONS, new Date(start).toISOString())
    const people = new People(automated, start)
    const opened = new Map<string, string[]>(NAMES.map((name) => [name, []]))
    for (const name of NAMES) await automated.run(name, {})
    for (let at = start; at < start + days * DAY_MS; at += HOUR_MS / 2) {
      automated.setClock(new Date(at).toISOString())
      for (const { record } of await automated.pipe.ledger.listDue(100))
        await deliver(record.id, automated.pipe, minute())
      if (wallAt(at).hour === 10 && at % HOUR_MS === 0) await people.work(at)
      for (const name of NAMES) {
        const { state } = await automated.runThrough(name, {})
        if (state === 'not-due' || state === 'paused') continue
        expect([name, state]).toEqual([name, 'finished'])
        const record = await loadAutomation(automated.pipe.ledger.store, name)
        opened.get(name)?.push(new Date(record?.finished?.opens ?? 0).toISOString())
      }
    }
    for (const name of ['follow-up-quotes', 'nudge-stale-opportunities', 'close-answered-cases']) {
      const localDays = (opened.get(name) ?? []).map((instant) => wallAt(Date.parse(instant)).day)
      expect([name, localDays.length, new Set(localDays).size]).toEqual([name, days, days])
    }
    await checkCases(automated, start + days * DAY_MS)
    await checkQuotes(automated, start + days * DAY_MS)
    await checkTasks(automated)
  },
  isWholeYear ? 3_600_000 : 240_000,
)

type Crm = Pick<Awaited<ReturnType<typeof startAutomated>>, 'all'>

/** Notes by the record they belong to, each by its first line. */
async function notesOf({ all }: Crm, tableId: number) {
  const notes = (await all('Notes')).filter((one) => one['Note_ForeignTableId'] === tableId)
  return Map.groupBy(notes, (one) => Number(one['Note_ForeignId']))
}

async function checkCases(crm: Crm, endMs: number): Promise<void> {
  const notes = await notesOf(crm, 3)
  let [escalated, closed] = [0, 0]
  for (const record of await crm.all('Cases')) {
    const own = (notes.get(Number(record['$key'])) ?? []).map((note) => ({
      text: String(note['Note_Note']).split('\n')[0] ?? '',
      at: Date.parse(String(note['Note_CreatedDate'])),
    }))
    const escalations = own.filter(({ text }) => text.startsWith('Escalated'))
    const levels = escalations.map(({ text }) => text.slice(0, 'Escalated to level 1'.length))
    expect(levels).toEqual([...new Set(levels)])
    const due = Date.parse(String(record['case_targetclose']))
    for (const { text, at } of escalations)
      expect(officeHours(due, at)).toBeGreaterThanOrEqual(text.includes('level 2') ? 24 : 0)
    escalated += escalations.length
    closed += own.filter(({ text }) => text.startsWith('Closed because')).length
    const isLeft =
      record['Case_Status'] === 'In Progress' && !['Waiting', 'Solved'].includes(String(record['Case_Stage']))
    if (isLeft && officeHours(due, endMs) > 24 + 8)
      expect([record['$key'], levels.length]).not.toEqual([record['$key'], 0])
  }
  expect(Math.min(escalated, closed)).toBeGreaterThan(0)
}

async function checkQuotes(crm: Crm, endMs: number): Promise<void> {
  const notes = await notesOf(crm, 101)
  const tasks = Map.groupBy(await crm.all('Communication'), (one) => Number(one['comm_quoteid']))
  const opportunities = new Map(
    (await crm.all('Opportunity')).map((one) => [one['$key'], one['Oppo_Status']]),
  )
  let inactive = 0
  for (const quote of await crm.all('Quotes')) {
    const id = Number(quote['$key'])
    const said = (notes.get(id) ?? []).map((note) => String(note['Note_Note']).split('\n')[0])
    expect(said).toEqual([...new Set(said)])
    const subjects = (tasks.get(id) ?? []).map((task) => String(task['Comm_Subject']))
    expect(subjects).toEqual([...new Set(subjects)])
    const expires = Date.parse(String(quote['Quot_ExpirationDate']))
    const isOpen = opportunities.get(quote['Quot_OpportunityId'] as number) === 'In Progress'
    if (quote['Quot_Status'] === 'Active' && isOpen) expect(expires).toBeGreaterThan(endMs - 2 * DAY_MS)
    if (quote['Quot_Status'] === 'Inactive') {
      inactive += 1
      expect([said.length, expires < endMs]).toEqual([1, true])
    }
  }
  expect(inactive).toBeGreaterThan(0)
}

/** No silence is nudged twice: between two tasks about one opportunity somebody did something. */
async function checkTasks(crm: Crm): Promise<void> {
  const all = await crm.all('Communication')
  const links = Map.groupBy(await crm.all('Comm_Link'), (one) => one['CmLi_Comm_CommunicationId'])
  const nudges = all.filter((one) => String(one['Comm_Subject']).startsWith('No contact'))
  expect(nudges.length).toBeGreaterThan(0)
  for (const task of nudges) expect(links.get(task['$key'])?.length).toBe(1)
  for (const [, tasks] of Map.groupBy(nudges, (one) => one['Comm_OpportunityId']))
    expect(tasks.filter((one) => one['Comm_Status'] === 'Pending').length).toBeLessThanOrEqual(1)
}

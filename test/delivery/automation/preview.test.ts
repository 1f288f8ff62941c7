import { expect, it } from 'vitest'
import { automationOf } from '../../../lib/automations/index.ts'
import { previewRun } from '../../../lib/delivery/automation/preview.ts'
import { type Automated, startAutomated } from '../../support/automations.ts'

const NAME = 'escalate-overdue-cases'
const MONDAY = '2026-11-30T10:00:00Z'

const start = () =>
  startAutomated(
    { [NAME]: { schedule: 'rate(1 hour)', levels: [{ overdueHours: 0, priority: 'High' }] } },
    MONDAY,
  )

async function preview({ pipe }: Automated) {
  const automation = automationOf(NAME, pipe.config)
  if (automation === undefined) throw new Error('the automation is configured')
  return Array.fromAsync(previewRun(automation, Date.parse(MONDAY), pipe))
}

it('says what a run would do, record by record, and writes nothing', async () => {
  const automated = await start()
  const id = await automated.add('Cases', {
    case_description: 'Late',
    case_targetclose: '2026-11-27T10:00:00Z',
  })
  await automated.add('Cases', { case_description: 'In time', case_targetclose: '2026-12-24T10:00:00Z' })
  expect(await preview(automated)).toEqual([
    {
      resource: 'Cases',
      id,
      level: 'level-1',
      differences: [
        { what: 'Cases.case_priority', from: 'Normal', to: 'High' },
        {
          what: 'new Notes',
          from: '',
          to: 'Escalated to level 1: it should have been closed by 2026-11-27 10:00 UTC.',
        },
        { what: 'new Communication', from: '', to: 'Escalated to level 1: Late' },
      ],
    },
  ])
  const [cases, notes] = [await automated.all('Cases'), await automated.all('Notes')]
  expect([cases.map((one) => one['Case_Priority']), notes]).toEqual([['Normal', 'Normal'], []])
})

it('knows from the ledger what has been done before', async () => {
  const automated = await start()
  await automated.add('Cases', { case_description: 'Late', case_targetclose: '2026-11-27T10:00:00Z' })
  await automated.run(NAME)
  expect(await preview(automated)).toMatchObject([{ skipped: 'the level is reached already' }])
})

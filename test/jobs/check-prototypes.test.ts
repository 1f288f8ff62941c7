import { expect, it } from 'vitest'
import { NotYetError } from '../../lib/crm/journal.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { checkPrototypes } from '../../lib/jobs/check-prototypes.ts'
import type { LogFields } from '../../lib/values/log.ts'
import { breakCrm } from '../support/crm.ts'
import { minute, startPipe } from '../support/pipe.ts'

/** What the job reports and logs, of a pipe that may be changed first. */
async function run(pipe: Pipe) {
  const lines: (readonly [string, LogFields | undefined])[] = []
  const keep = (level: string) => (_: string, fields?: LogFields) => void lines.push([level, fields])
  const log = { info: keep('info'), warn: keep('warn'), error: keep('error') }
  const report = await checkPrototypes({ ...pipe, log }, minute())
  return { report, lines }
}

it('finds nothing in a CRM that is what the functions check against', async () => {
  const { pipe } = await startPipe()
  expect(await run(pipe)).toEqual({ report: { changes: 0, breaking: 0 }, lines: [] })
})

it('reports what has changed and the mappings it breaks, without what is in the CRM', async () => {
  const { pipe, metrics } = await startPipe()
  const rows = await pipe.crm.entity('Custom_Captions').find({
    op: 'and',
    of: [
      { op: 'eq', field: 'capt_family', value: 'Case_Priority' },
      { op: 'eq', field: 'capt_code', value: 'Normal' },
    ],
  })
  await pipe.crm.entity('Custom_Captions').update(rows.rows[0]?.key ?? '', { capt_code: 'Usual' })
  const { report, lines } = await run(pipe)
  expect(report).toEqual({ changes: 2, breaking: 1 })
  expect(metrics).toContainEqual({ name: 'brokenMappings', value: 1 })
  const about = { job: 'check-prototypes', field: 'Case_Priority', reason: 'list' }
  expect(lines).toEqual([
    ...Object.keys(pipe.config.sources).map((name) => [
      'warn',
      { ...about, resource: 'Cases', mapping: `sources.${name}` },
    ]),
    ['info', { ...about, resource: 'vSummaryCase' }],
  ])
})

it('asks a CRM that does not answer again at its next time', async () => {
  const { pipe, emulator } = await startPipe()
  const fault = { kind: 'status', status: 401, when: 'before-commit' }
  await breakCrm(emulator, { resource: '$prototypes', fault })
  const { report, lines } = await run(pipe)
  expect(report).toEqual({ notCompared: 1 })
  expect(lines).toEqual([['error', { job: 'check-prototypes', errorName: 'CrmCredentialsError' }]])
})

it('waits until the prototypes have been pulled', async () => {
  const { pipe } = await startPipe()
  const entities = async () => {
    throw new NotYetError('not-configured-yet', 0)
  }
  expect((await run({ ...pipe, entities })).report).toEqual({ notCompared: 1 })
})

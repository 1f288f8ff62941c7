import { expect, it } from 'vitest'
import { CrmBusyError, CrmUnreachableError } from '../../lib/crm/errors.ts'
import { type Call, traced, tracedClient } from '../../lib/delivery/traced-client.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { startPipe } from '../support/pipe.ts'

it('each request is written down with what it was, how long it took and what came of it', async () => {
  const { pipe, emulator } = await startPipe()
  let now = 0
  const calls: Call[] = []
  const crm = tracedClient(pipe.crm, calls, () => {
    now += 20.4
    return now
  })
  const companies = crm.entity('Company')
  const { key } = await companies.create({ comp_name: 'Acme' })
  await companies.update(key, { comp_name: 'Acme Inc.' })
  expect((await companies.get(key)).get('comp_name')).toBe('Acme Inc.')
  const { rows } = await companies.find({ op: 'eq', field: 'comp_name', value: 'Acme Inc.' })
  expect(rows.map((row) => row.key)).toEqual([key])
  await companies.delete(key)
  expect(await allOf(emulator, 'Company')).toEqual([])
  await breakCrm(emulator, { fault: { kind: 'status', status: 422, when: 'before-commit' } })
  await expect(companies.create({ comp_name: 'Acme' })).rejects.toThrow()
  const done = ['create', 'update', 'get', 'find', 'delete']
  expect(calls).toEqual([
    ...done.map((did) => ({ did: `${did} Company`, ms: 20, result: 'ok' })),
    { did: 'create Company', ms: 20, result: 'CrmRejectedError 422' },
  ])
})

it.each([
  [new CrmUnreachableError('away'), 'CrmUnreachableError'],
  [new CrmBusyError('busy', { status: 503 }), 'CrmBusyError 503'],
  [new RangeError('bug'), 'RangeError'],
  ['a text', 'unknown'],
])('a failure is written down by its class, and by the status of an answer: %s', async (error, result) => {
  const calls: Call[] = []
  const work = traced(
    'fetch x',
    calls,
    () => 0,
    async () => Promise.reject(error),
  )
  await expect(work).rejects.toBe(error)
  expect(calls).toEqual([{ did: 'fetch x', ms: 0, result }])
})

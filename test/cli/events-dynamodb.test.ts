import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { drain } from '../../lib/delivery/drain.ts'
import { folderBlobs } from '../../lib/delivery/store/spill-folder.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { createTable } from '../support/dynamodb.ts'
import { sharedDynamoDb, standsFor } from '../support/ledger-stores.ts'
import { minute, startPipe } from '../support/pipe.ts'
import { runEvents } from './events-support.ts'

const FORM = { name: 'Maeve Murphy', email: 'maeve@example.com', message: 'Forty routers, please.' }
const REFUSED = { kind: 'status', status: 400, when: 'before-commit', body: 'empty' }
/** More than an item of DynamoDB holds, and nothing that can be compressed away. */
const noise = (seed: number) =>
  Array.from({ length: 40_000 }, (_, index) =>
    Math.sin(index * seed)
      .toString(36)
      .slice(3, 9),
  ).join('')
const LARGE = { a: noise(1), b: noise(2), c: noise(3), d: noise(4) }

/** The real pipe on a table, and the commands as somebody runs them against AWS. */
async function startOnDynamoDb() {
  const folder = await mkdtemp(path.join(tmpdir(), 'events-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { endpoint, table, open } = await createTable(await sharedDynamoDb())
  const opened = async (now: () => number) => open({ clock: standsFor(now), blobs: folderBlobs(folder) })
  const started = await startPipe({ on: { name: 'DynamoDB', open: opened } })
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    LEDGER_SPILL_URL: `file:${folder}`,
    LEDGER_KEY: 'a secret of the tests',
    CRM_URL: started.emulator.baseUrl,
  }
  const run = (...words: string[]) => runEvents([...words, '--ledger', `dynamodb:${table}`], environment)
  const blobs = async () => (await readdir(folder, { recursive: true })).filter((name) => name.includes('/'))
  return { ...started, run, blobs }
}

it('the commands do the same on a ledger in DynamoDB', async () => {
  const { pipe, emulator, submit, run, blobs, advance } = await startOnDynamoDb()
  // The command's idea of the table's time may be up to a second ahead of the pipe's.
  const drainDue = () => {
    advance(2_000)
    return drain(pipe, minute())
  }
  const done = await submit({ ...FORM, ...LARGE, message: 'See the rest.' })
  await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault: REFUSED })
  const parked = await submit(FORM)
  expect((await run('status')).out).toContain('recorded 2 = finished 2 + in flight 0: nothing is lost')
  const [listed] = (await run('list', '--json', '--text', 'forty routers')).json<{ id: string }>()
  expect(listed?.id).toBe(parked.eventId)
  expect(await blobs()).toHaveLength(1)
  const { out } = await run('show', done.eventId, '--payload')
  expect(out).toContain(`${emulator.baseUrl}/Cases('`)
  expect(out).toContain(LARGE.d.slice(0, 1_000))

  await run('redrive', '--state', 'parked', '--no-wait')
  await drainDue()
  expect((await run('redrive', parked.eventId, '--no-wait', '--json')).exitCode).toBe(0)
  await drainDue()
  expect(await allOf(emulator, 'Cases')).toHaveLength(2)
  expect((await run('writes', '--since', '1h', '--json')).json()).toHaveLength(6)

  expect((await run('forget', 'maeve@example.com', '--yes', '--json')).json()).toEqual([
    { payloads: 2, reasons: 0, knownPerson: true },
  ])
  expect((await run('list', '--json', '--text', 'maeve')).json()).toEqual([])
  expect(await blobs()).toEqual([])
  expect((await run('pause', '--json')).json()).toMatchObject([{ paused: { all: true } }])
  expect((await run('resume', '--json')).json()).toMatchObject([{ paused: { all: false } }])
})

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Finding } from '../../cli/doctor/finding.ts'
import { examineStage } from '../../cli/doctor/stage.ts'
import { openStage, withStage } from '../../cli/stage.ts'
import { folderBlobs } from '../../lib/delivery/store/spill-folder.ts'
import { createTable } from '../support/dynamodb.ts'
import { sharedDynamoDb, standsFor } from '../support/ledger-stores.ts'
import { SECRET_ACCESS_KEY, startParameterStore } from '../support/parameter-store.ts'
import { startPipe } from '../support/pipe.ts'
import { runEvents } from './events-support.ts'

const PREFIX = '/sage-crm-functions/dev/'

/** A deployed stage: its parameters, its table, and an API that answers /health with `status`. */
async function deployed(status = 200) {
  const folder = await mkdtemp(path.join(tmpdir(), 'stage-'))
  const { endpoint, table, open } = await createTable(await sharedDynamoDb())
  const opened = async (now: () => number) => open({ clock: standsFor(now), blobs: folderBlobs(folder) })
  const started = await startPipe({ on: { name: 'DynamoDB', open: opened } })
  const api = http.createServer((request, response) => {
    response.writeHead(request.url === '/health' ? status : 404).end()
  })
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  const settings = {
    CRM_URL: started.emulator.baseUrl,
    CRM_USER: 'admin',
    LEDGER_URL: `dynamodb:${table}`,
    LEDGER_SPILL_URL: `file:${folder}`,
    PUBLIC_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  }
  const ssm = await startParameterStore({
    [`${PREFIX}settings`]: JSON.stringify(settings),
    [`${PREFIX}LEDGER_KEY`]: 'a secret of the tests',
    [`${PREFIX}CRM_PASSWORD`]: 'admin\nthe old one',
  })
  onTestFinished(async () => {
    api.closeAllConnections()
    api.close()
    await Promise.all([ssm.close(), rm(folder, { recursive: true, force: true })])
  })
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET_ACCESS_KEY)
  const environment = { AWS_ENDPOINT_URL_SSM: ssm.endpoint, AWS_ENDPOINT_URL_DYNAMODB: endpoint }
  return { ...started, ssm, settings, environment }
}

async function examined(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  return Array.fromAsync(examineStage('dev', await openStage('dev', environment), environment))
}

it('the commands find the ledger of a stage, and the key only when they need it', async () => {
  const { submit, environment, ssm } = await deployed()
  const { eventId } = await submit({ email: 'maeve@example.com', message: 'Forty routers' })
  const run = (...words: string[]) => runEvents([...words, '--stage', 'dev'], environment)
  expect((await run('list')).out).toContain(eventId)
  expect(ssm.asked).toEqual([[`${PREFIX}settings`]])
  const forgotten = (await run('forget', 'maeve@example.com', '--yes', '--json')).json()
  expect(forgotten).toEqual([{ payloads: 1, reasons: 0, knownPerson: true }])
  expect(ssm.asked.flat()).toContain(`${PREFIX}LEDGER_KEY`)
})

it('the CRM of a stage is reached with the password of the stage, the newer of two', async () => {
  const { environment, settings } = await deployed()
  expect(await withStage('dev', environment, ['CRM_PASSWORD'])).toMatchObject({
    CRM_URL: settings.CRM_URL,
    CRM_PASSWORD: 'admin',
    AWS_REGION: 'eu-west-1',
  })
  expect(await withStage(undefined, environment, ['CRM_PASSWORD'])).toBe(environment)
})

it('doctor says of a stage whether it has its secrets, can store, and knows that the CRM answers', async () => {
  const { pipe, environment } = await deployed()
  await pipe.gate.succeeded()
  expect((await examined(environment)).map(({ what, ok }) => [what, ok])).toEqual([
    ['stage', true],
    ['secrets', true],
    ['health', true],
    ['gate', true],
  ])
})

it('doctor says which secret is missing and how to store it, and that nothing can be stored', async () => {
  const { environment, ssm, pipe } = await deployed(503)
  ssm.parameters.delete(`${PREFIX}CRM_PASSWORD`)
  await pipe.gate.lock('refused')
  expect(await examined(environment)).toMatchObject([
    { what: 'stage' },
    { what: 'secrets', ok: false, said: 'CRM_PASSWORD has no value', todo: expect.stringContaining(PREFIX) },
    { what: 'health', ok: false, said: expect.stringContaining('answers 503') },
    { what: 'gate', ok: false, said: expect.stringContaining('locked since') },
  ])
})

it('a stage that was never deployed is named, and without credentials they are asked for', async () => {
  const { environment } = await deployed()
  await expect(openStage('nowhere', environment)).rejects.toThrow(
    'nothing is deployed as "nowhere" in eu-west-1',
  )
  vi.stubEnv('AWS_ACCESS_KEY_ID', '')
  await expect(openStage('dev', environment)).rejects.toThrow(/AWS_ACCESS_KEY_ID/)
})

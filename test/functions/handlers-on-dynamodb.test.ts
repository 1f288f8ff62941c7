import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../emulator/server.ts'
import { allOf } from '../support/crm.ts'
import { createTable, type DynamoDbServer, startDynamoDb } from '../support/dynamodb.ts'
import { TEST_USER } from '../support/pipe.ts'
import { type S3Server, startS3 } from '../support/s3.ts'
import { postForm, run } from './invoke-handler.ts'

const BUCKET = 'spill'

/** The handlers wired from the environment as on AWS: the ledger in DynamoDB, large receipts in S3. */
let emulator: Emulator
let dynamoDb: DynamoDbServer
let s3: S3Server

beforeAll(async () => {
  emulator = await startEmulator({ users: [TEST_USER] })
  dynamoDb = await startDynamoDb()
  s3 = await startS3(BUCKET)
  const { table } = await createTable(dynamoDb)
  Object.assign(process.env, {
    CRM_URL: emulator.baseUrl,
    CRM_USER: TEST_USER.logon,
    CRM_PASSWORD: TEST_USER.password,
    LEDGER_URL: `dynamodb:${table}`,
    LEDGER_SPILL_URL: `s3:${BUCKET}`,
    LEDGER_KEY: 'a key of the tests',
    RETRY_QUEUE_URL: 'http://127.0.0.1:1/nobody-is-asked',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
})
afterAll(async () => {
  const { assemble } = await import('../../lib/runtime/assemble.ts')
  const pipe = await assemble()
  pipe.crm.close()
  await Promise.all([pipe.ledger.store.close(), emulator.close(), dynamoDb.close(), s3.close()])
})

it('puts a form into the CRM once, however often it is sent', async () => {
  const form = new URLSearchParams({ email: 'maeve@example.com', message: 'Forty routers' })
  const [first, second] = [await postForm(form), await postForm(form)]
  expect(second['reference']).toBe(first['reference'])
  const cases = await allOf(emulator, 'Cases')
  expect(cases.filter((one) => one['Case_Description'] === 'Contact form: Forty routers')).toHaveLength(1)
})

it('spills a receipt that is too large for an item, and delivers it all the same', async () => {
  const form = new FormData()
  form.set('message', 'See the attachment')
  form.set('photo', new Blob([randomBytes(600_000)]), 'photo.jpg')
  const { outcome, reference = '' } = await postForm(form)
  expect(outcome).toBe('done')
  expect(await s3.list()).toEqual([expect.stringMatching(/^(32d|kept)\/[\da-f-]{36}$/)])
  const { assemble } = await import('../../lib/runtime/assemble.ts')
  const { ledger } = await assemble()
  expect((await ledger.load(reference))?.record.state).toBe('done')
})

it('is healthy, and sweeps', async () => {
  const health = await run<{ statusCode: number }>(import('../../functions/health.ts'), {})
  expect(health.statusCode).toBe(200)
  const swept = await run(import('../../functions/run-job.ts'), { job: 'sweep-unfinished' })
  expect(swept).toEqual({ due: 0, sent: 0 })
})

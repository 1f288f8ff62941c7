import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Emulator, startEmulator } from '../../emulator/server.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { type SqsServer, sqsClient, startSqsServer } from '../../local/sqs-server.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { TEST_USER } from '../support/pipe.ts'
import { postForm, run } from './invoke-handler.ts'

/** The handlers as they are deployed: wired from the environment, with a real SQS server and the emulator. */
let emulator: Emulator
let sqs: SqsServer
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'handlers-'))
  emulator = await startEmulator({ users: [TEST_USER], longestRequestMs: 300 })
  sqs = await startSqsServer({
    port: 0,
    host: '127.0.0.1',
    queues: { RetryQueue: { visibilityTimeoutS: 30 } },
  })
  Object.assign(process.env, {
    CRM_URL: emulator.baseUrl,
    CRM_USER: TEST_USER.logon,
    CRM_PASSWORD: TEST_USER.password,
    CRM_REQUEST_TIMEOUT_MS: '600',
    CRM_LONGEST_REQUEST_MS: '300',
    CRM_SEND_WINDOW_MS: '100',
    LEDGER_URL: `sqlite:${path.join(folder, 'ledger.db')}`,
    LEDGER_KEY: 'a key of the tests',
    RETRY_QUEUE_URL: sqs.queueUrls['RetryQueue'],
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
})
afterAll(async () => {
  const { assemble } = await import('../../lib/runtime/assemble.ts')
  const pipe = await assemble()
  pipe.crm.close()
  await Promise.all([pipe.ledger.store.close(), emulator.close(), sqs.close()])
  await rm(folder, { recursive: true, force: true })
})

/** The messages now on the retry queue, as Lambda would hand them over. */
async function nextMessages(): Promise<SQSEvent> {
  const client = sqsClient(sqs.endpoint)
  const QueueUrl = sqs.queueUrls['RetryQueue']
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, MaxNumberOfMessages: 10 }),
  )
  client.destroy()
  const Records = Messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body }))
  return { Records } as unknown as SQSEvent
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields)
const retry = (event: SQSEvent) =>
  run<{ batchItemFailures: unknown[] }>(import('../../functions/retry-delivery.ts'), event)
const job = (name: string) => run<Record<string, number>>(import('../../functions/run-job.ts'), { job: name })

describe('retry-delivery', () => {
  it('delivers what had to wait; its message carries the event id and nothing else', async () => {
    await breakCrm(emulator, {
      fault: { kind: 'status', status: 503, retryAfterS: 0, when: 'before-commit' },
    })
    const { reference, outcome } = await postForm(form({ email: 'maeve@example.com', message: 'retry me' }))
    expect(outcome).toBe('queued')
    const event = await nextMessages()
    expect(event.Records.map(({ body }) => body)).toEqual([JSON.stringify({ eventId: reference })])
    expect(await retry(event)).toEqual({ batchItemFailures: [] })
    const cases = await allOf(emulator, 'Cases')
    expect(cases.filter((one) => one['Case_Description'] === 'Contact form: retry me')).toHaveLength(1)
  })

  it('takes a message for an event that is finished, or that it never heard of, as done', async () => {
    const { reference } = await postForm(form({ message: 'done already' }))
    const before = await allOf(emulator, 'Cases')
    const bodies = [reference, 'contact:unknown'].map((eventId) => JSON.stringify({ eventId }))
    const Records = bodies.map((body, index) => ({ messageId: String(index), body }))
    expect(await retry({ Records } as unknown as SQSEvent)).toEqual({ batchItemFailures: [] })
    expect(await allOf(emulator, 'Cases')).toEqual(before)
  })

  it('gives back a message that is none of ours, and only that', async () => {
    const { reference } = await postForm(form({ message: 'good' }))
    const Records = [
      { messageId: 'bad', body: 'nonsense' },
      { messageId: 'good', body: JSON.stringify({ eventId: reference }) },
    ]
    expect(await retry({ Records } as unknown as SQSEvent)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'bad' }],
    })
  })

  it('gives back a message when the ledger fails, and names its event in the log', async () => {
    const { assemble } = await import('../../lib/runtime/assemble.ts')
    const { ledger, log } = await assemble()
    const load = vi.spyOn(ledger, 'load').mockRejectedValue(new StoreUnavailableError('away'))
    const error = vi.spyOn(log, 'error')
    const Records = [{ messageId: 'one', body: JSON.stringify({ eventId: 'contact:one' }) }]
    expect(await retry({ Records } as unknown as SQSEvent)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'one' }],
    })
    const fields = { eventId: 'contact:one', errorName: 'StoreUnavailableError' }
    expect(error).toHaveBeenCalledExactlyOnceWith(expect.any(String), fields)
    load.mockRestore()
    error.mockRestore()
  })
})

describe('run-job', () => {
  it('sweeps an event whose worker died: a message is sent once, and the event is done', async () => {
    const { assemble } = await import('../../lib/runtime/assemble.ts')
    const { ledger } = await assemble()
    const verified = { headers: {}, payload: { fields: [['message', 'forgotten']], files: [] } }
    const { event } = await ledger.record(
      { id: 'contact:forgotten', instance: 'contact', subject: 'contact:forgotten', verified },
      [],
    )
    await ledger.postpone(event, ledger.store.now() - 1)
    expect(await job('sweep-unfinished')).toEqual({ due: 1, sent: 1 })
    expect(await job('sweep-unfinished')).toEqual({ due: 0, sent: 0 })
    await retry(await nextMessages())
    expect((await ledger.load('contact:forgotten'))?.record.state).toBe('done')
  })

  it('fails for a job there is not, naming those there are', async () => {
    await expect(job('tidy-up')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('sweep-unfinished') },
    })
    await expect(job('constructor')).rejects.toThrow()
  })
})

it('is healthy while the ledger can be read', async () => {
  const result = await run<{ statusCode: number; body: string }>(import('../../functions/health.ts'), {})
  expect([result.statusCode, JSON.parse(result.body)]).toEqual([200, { status: 'ok' }])
})

import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { expect, it, onTestFinished, vi } from 'vitest'
import { deliver } from '../../lib/delivery/deliver.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { queueRetry } from '../../lib/delivery/retry-queue.ts'
import { jobs } from '../../lib/jobs/index.ts'
import { createLog } from '../../lib/runtime/log.ts'
import { emfMetrics } from '../../lib/runtime/metrics.ts'
import { receiveFunction } from '../../lib/runtime/receive-function.ts'
import { sqsRetryQueue } from '../../lib/runtime/sqs-queue.ts'
import { invoke } from '../../local/invoke.ts'
import { sqsClient, startSqsServer } from '../../local/sqs-server.ts'
import { breakCrm } from '../support/crm.ts'
import { minute, startPipe } from '../support/pipe.ts'

/** Before the handlers make their log: in this mode it goes through the console of this process. */
vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_LOG_LEVEL: 'DEBUG' }))

/** Nobody else is called so: where one of these appears, something personal does. */
const PERSON = {
  name: 'Zebedee Quillfeather',
  email: 'zebedee@quillfeather.example',
  phone: '+353 1 999 4321',
  company: 'Quillfeather Holdings',
  subject: 'Quillsubject',
  message: 'My quillsecret is safe with you',
}
const PERSONAL = /zebedee|quill|999 4321/i

/** Everything the functions write where people other than the CRM's users could read it. */
function overhear(): string[] {
  const heard: string[] = []
  const hear = (...words: unknown[]) => void heard.push(words.map(String).join(' '))
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation(hear)
  onTestFinished(() => void vi.restoreAllMocks())
  return heard
}

async function startQueue() {
  const queues = { RetryQueue: { visibilityTimeoutS: 30 } }
  const sqs = await startSqsServer({ port: 0, host: '127.0.0.1', queues })
  onTestFinished(() => sqs.close())
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', sqs.endpoint)
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
  return { QueueUrl: sqs.queueUrls['RetryQueue'] ?? '', client: sqsClient(sqs.endpoint) }
}

function post(
  pipe: Pipe,
  body: string,
  { type = 'application/x-www-form-urlencoded', name = 'contact' } = {},
) {
  const event = {
    headers: { 'content-type': type, accept: 'application/json' },
    rawPath: `/forms/${name}`,
    rawQueryString: '',
    pathParameters: { name },
    requestContext: { requestId: 'r', http: { method: 'POST', path: `/forms/${name}`, sourceIp: '::1' } },
    body,
    isBase64Encoded: false,
  }
  const handler = receiveFunction('form', async () => pipe)
  return invoke(handler, event, { functionName: 'receive-form', timeoutMs: 28_000, memoryMB: 512 })
}

it('writes nothing personal into log, metrics or queue, whatever fails', async () => {
  const [heard, queue, { pipe: plain, emulator, advance }] = [
    overhear(),
    await startQueue(),
    await startPipe(),
  ]
  const measured: string[] = []
  const metrics = emfMetrics((line) => measured.push(line), Date.now)
  const { tickets: _, ...sources } = plain.config.sources
  const config = { ...plain.config, sources }
  const pipe: Pipe = { ...plain, config, metrics, log: createLog(), queue: sqsRetryQueue(queue.QueueUrl) }
  const form = (message: string) =>
    new URLSearchParams({ ...PERSON, message: `${PERSON.message} ${message}` })

  await post(pipe, form('fine').toString())
  const faults = [
    { kind: 'status', status: 400, when: 'before-commit', body: 'diagnoses' },
    { kind: 'status', status: 503, when: 'before-commit', body: 'html' },
    { kind: 'status', status: 500, when: 'after-commit', body: 'html' },
    { kind: 'reset', when: 'after-commit' },
    { kind: 'hang' },
  ]
  for (const [index, fault] of faults.entries()) {
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault })
    await post(pipe, form(`fault ${index}`).toString())
  }
  await post(pipe, `email,${PERSON.email}`, { type: 'text/csv' })
  await post(pipe, JSON.stringify({ email: PERSON.email }).slice(1), { type: 'application/json' })
  await post(pipe, form('nowhere').toString(), { name: PERSON.email })
  await post(pipe, form('wrong token').toString(), { name: 'private' })
  for (let round = 0; round < 3; round += 1) {
    advance(10 * 60_000)
    for (const { record } of await pipe.ledger.listDue(100))
      await queueRetry(pipe, record.id, await deliver(record.id, pipe, minute()))
  }
  for (const job of Object.values(jobs)) await job(pipe, minute())

  const { Messages = [] } = await queue.client.send(
    new ReceiveMessageCommand({ QueueUrl: queue.QueueUrl, WaitTimeSeconds: 10, MaxNumberOfMessages: 10 }),
  )
  const written = [...heard, ...measured, ...Messages.map((message) => JSON.stringify(message))]
  for (const message of ['received', 'parked', 'refused']) expect(heard.join('\n')).toContain(`"${message}"`)
  expect(measured.join('\n')).toMatch(/"retried":1/)
  expect(Messages.length).toBeGreaterThan(0)
  expect(written.filter((line) => PERSONAL.test(line))).toEqual([])
  expect(JSON.stringify(await Array.fromAsync(pipe.ledger.events()))).toMatch(/crm-rejected/)
})

import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { ChatError, sendChat } from '../../lib/notify/chat.ts'
import { readEnvironment } from '../../lib/runtime/env.ts'
import { notifier } from '../../lib/runtime/notify.ts'
import type { LogFields } from '../../lib/values/log.ts'

type Request = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that keeps what it is sent and answers with a status. */
async function receiver(status = 200) {
  const requests: Request[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url: path = '', headers } = request
    requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() })
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"MessageId":"1"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

const NOTICE = { subject: 'Nothing from shop', text: 'Is it on?', html: '<p>Is it on?</p>' }

function notifyWith(settings: Parameters<typeof notifier>[0]['settings'], ses: string, chat?: string) {
  const errors: (LogFields | undefined)[] = []
  const environment = readEnvironment({
    CRM_URL: 'http://crm.invalid',
    CRM_USER: 'x',
    LEDGER_URL: 'sqlite:x',
    LEDGER_KEY: 'x'.repeat(16),
    RETRY_QUEUE_URL: 'http://queue.invalid',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SESV2: ses,
  })
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_: string, fields?: LogFields) => void errors.push(fields),
  }
  const secret = async () => (chat === undefined ? [] : [chat])
  return { notify: notifier({ settings, environment, secret, log }), errors }
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key')
  return () => vi.unstubAllEnvs()
})

const EMAIL = { from: 'crm@example.com', to: ['ops@example.com'] }

it('an e-mail is one signed request to SES with a text and an HTML part', async () => {
  const ses = await receiver()
  const { notify, errors } = notifyWith({ email: EMAIL }, ses.url)
  await notify(NOTICE)
  expect(errors).toEqual([])
  const [request] = ses.requests
  expect([request?.method, request?.path]).toEqual(['POST', '/v2/email/outbound-emails'])
  expect(request?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-west-1\/ses\/aws4_request/,
  )
  expect(JSON.parse(request?.body ?? '')).toEqual({
    FromEmailAddress: 'crm@example.com',
    Destination: { ToAddresses: ['ops@example.com'] },
    Content: {
      Simple: {
        Subject: { Data: NOTICE.subject, Charset: 'UTF-8' },
        Body: {
          Text: { Data: NOTICE.text, Charset: 'UTF-8' },
          Html: { Data: NOTICE.html, Charset: 'UTF-8' },
        },
      },
    },
  })
})

it('a chat webhook is sent the text', async () => {
  const chat = await receiver()
  const { notify } = notifyWith({ chat: { secret: 'CHAT_URL' } }, chat.url, `${chat.url}/hook/secret`)
  await notify(NOTICE)
  expect(chat.requests).toMatchObject([
    { path: '/hook/secret', body: '{"text":"*Nothing from shop*\\nIs it on?"}' },
  ])
})

it('a way that fails is logged without its address, and the others are used', async () => {
  const [ses, chat] = [await receiver(400), await receiver()]
  const both = { email: EMAIL, chat: { secret: 'CHAT_URL' } }
  const { notify, errors } = notifyWith(both, ses.url, chat.url)
  await notify(NOTICE)
  expect(errors).toEqual([{ reason: 'email', errorName: 'EmailError' }])
  expect(chat.requests).toHaveLength(1)
})

it('a secret without a value is logged', async () => {
  const { notify, errors } = notifyWith({ chat: { secret: 'CHAT_URL' } }, 'http://127.0.0.1:1')
  await notify(NOTICE)
  expect(errors).toEqual([{ reason: 'chat', errorName: 'EnvironmentError' }])
})

it('an error does not tell the address of the webhook, which is a secret', async () => {
  const refusing = await receiver(404)
  const error = await sendChat(NOTICE, `${refusing.url}/hook/secret`).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ChatError)
  expect(String(error)).toBe('ChatError: the chat webhook answered 404')
})

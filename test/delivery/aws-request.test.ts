import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import {
  type AwsExchange,
  type AwsOptions,
  awsExchange,
  NoAnswerError,
} from '../../lib/delivery/store/aws-request.ts'
import { storeClock } from '../../lib/delivery/store/clock-offset.ts'
import { breaksOff, hangs, misbehavingServer } from '../support/misbehaving-server.ts'
import { isSigned } from '../support/signature-v4.ts'

const CREDENTIALS = { accessKeyId: 'id', secretAccessKey: 'a secret', sessionToken: 'a session' }

/** Answers with whether the signature is right. */
async function verifier(secret: string): Promise<string> {
  const server = http.createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>)
    response.end(String(isSigned(request, Buffer.concat(chunks), secret)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function exchangeWith(endpoint: string, options: Partial<AwsOptions> = {}): AwsExchange {
  const connection = { service: 'dynamodb', region: 'eu-west-1', endpoint, clock: storeClock() } as const
  const aws = awsExchange({ ...connection, credentials: () => CREDENTIALS, ...options })
  onTestFinished(() => aws.close())
  return aws
}

it.each([
  ['dynamodb', { method: 'POST', path: '/', body: '{"name":"O’Brien 😀"}' }],
  [
    'dynamodb',
    { method: 'POST', path: '/', body: '{}', headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' } },
  ],
  ['s3', { method: 'PUT', path: '/bucket/kept/a-blob', body: Buffer.from([0, 255, 128]) }],
  ['s3', { method: 'GET', path: '/bucket/32d/a-blob' }],
  ['s3', { method: 'DELETE', path: '/bucket/32d/a-blob' }],
] as const)('signs what arrives at %s: %j', async (service, request) => {
  const right = await exchangeWith(await verifier(CREDENTIALS.secretAccessKey), { service }).exchange(request)
  expect(right.body.toString()).toBe('true')
  const wrong = await exchangeWith(await verifier('another secret'), { service }).exchange(request)
  expect(wrong.body.toString()).toBe('false')
})

it('keeps its connection', async () => {
  const server = await misbehavingServer((_, response) => void response.end('{}'))
  const aws = exchangeWith(new URL(server.baseUrl).origin)
  for (const _ of [1, 2, 3]) await aws.exchange({ method: 'POST', path: '/', body: '{}' })
  expect([server.requests.length, server.connections()]).toEqual([3, 1])
})

it.each([
  ['never comes', hangs, /timeout/],
  ['breaks off', breaksOff, /ECONNRESET|aborted/],
])('knows nothing of a request whose answer %s', async (_, behaviour, message) => {
  const { baseUrl } = await misbehavingServer(behaviour)
  const aws = exchangeWith(new URL(baseUrl).origin, { requestTimeoutMs: 500 })
  const asked = aws.exchange({ method: 'POST', path: '/', body: '{}' })
  await expect(asked).rejects.toThrow(NoAnswerError)
  await expect(asked).rejects.toThrow(message)
})

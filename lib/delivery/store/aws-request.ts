import type { ClientRequest, IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import aws4 from 'aws4'
import { http, https } from '../../values/node-http.ts'
import type { StoreClock } from './clock-offset.ts'

export type AwsCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export type AwsOptions = {
  readonly service: 'dynamodb' | 's3' | 'ses' | 'ssm'
  readonly region: string
  /** Origin of the service: `https://dynamodb.eu-west-1.amazonaws.com`. */
  readonly endpoint: string
  /** Asked at every request, so that rotated credentials are used at once. */
  readonly credentials: () => AwsCredentials
  /** Signs with the service's own time and learns it from every answer. */
  readonly clock: StoreClock
  /** One request is given up after this long. */
  readonly requestTimeoutMs?: number
}

export type AwsRequest = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export type AwsAnswer = { readonly status: number; readonly body: Buffer }

/** One request to one service, signed with Signature Version 4. */
export type AwsExchange = {
  /** @throws NoAnswerError: whether the request was carried out is not known */
  exchange(request: AwsRequest): Promise<AwsAnswer>
  close(): void
}

export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

const REQUEST_TIMEOUT_MS = 2_000
/** Connections that were idle for longer are not trusted: the service, or a frozen Lambda, has forgotten them. */
const IDLE_SOCKET_MS = 4_000
const MAX_SOCKETS = 64

/** Opens kept connections to one service; the built-in `fetch` would take longer to load than everything else. */
export function awsExchange(options: AwsOptions): AwsExchange {
  const endpoint = new URL(options.endpoint)
  const agentOptions = { keepAlive: true, timeout: IDLE_SOCKET_MS, maxSockets: MAX_SOCKETS }
  const secure = endpoint.protocol === 'https:'
  const agent = secure ? new https.Agent(agentOptions) : new http.Agent(agentOptions)
  const start = secure ? https.request : http.request
  return {
    close: () => agent.destroy(),
    exchange: async (request) => {
      const call = start({ ...signed(request, endpoint, options), agent })
      return observed(call, request.body, options)
    },
  }
}

function signed(request: AwsRequest, endpoint: URL, options: AwsOptions): RequestOptions {
  const amzDate = new Date(options.clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, '')
  const { method, path, headers } = aws4.sign(
    {
      ...request,
      headers: { ...request.headers, host: endpoint.host, 'x-amz-date': amzDate },
      service: options.service,
      region: options.region,
    },
    options.credentials(),
  )
  return {
    host: endpoint.hostname.replace(/^\[|\]$/g, ''),
    port: endpoint.port,
    ...{ method, path, headers },
  }
}

async function observed(call: ClientRequest, body: string | Buffer | undefined, options: AwsOptions) {
  const { clock, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options
  const timer = setTimeout(() => call.destroy(new Error('timeout')), requestTimeoutMs)
  const sentAt = clock.monotonic()
  try {
    const response = await responseTo(call, body)
    const date = Date.parse(response.headers.date ?? '')
    if (!Number.isNaN(date)) clock.observe({ date, sentAt, receivedAt: clock.monotonic() })
    return { status: response.statusCode ?? 0, body: await bytesOf(response) }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new NoAnswerError(`no answer from ${options.endpoint} (${code ?? message})`, { cause })
  } finally {
    clearTimeout(timer)
  }
}

function responseTo(call: ClientRequest, body: string | Buffer | undefined) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    call.on('response', resolve)
    call.on('error', reject)
    call.end(body)
  })
}

async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

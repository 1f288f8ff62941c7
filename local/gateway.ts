import http from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { getRequestListener } from '@hono/node-server'
import type { Context as LambdaContext } from 'aws-lambda'
import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { gatewayEvent } from './gateway-event.ts'
import { FunctionTimeoutError, invoke } from './invoke.ts'

export type GatewayRoute = {
  readonly method: string
  /** As in serverless.yml: `/forms/{name}`. */
  readonly path: string
  readonly functionName: string
  readonly timeoutMs: number
  readonly memoryMB: number
  readonly handler: () => Promise<(event: never, context: LambdaContext) => unknown>
}

export type GatewayOptions = {
  readonly routes: readonly GatewayRoute[]
  readonly port: number
  readonly host: string
  /** Told what a function threw; the caller only sees 500. */
  readonly onFailure?: (error: unknown) => void
}

export type Gateway = { readonly url: string; readonly port: number; close(): Promise<void> }

type Bindings = { Bindings: HttpBindings }
type Answer = {
  readonly status: number
  readonly headers: [string, string][]
  readonly body: Buffer | string
}

/** API Gateway's own limits for HTTP APIs, and Lambda's for a synchronous event. */
const LONGEST_INTEGRATION_MS = 30_000
const MAX_BODY_IN_BYTES = 10 * 1024 * 1024
const MAX_EVENT_IN_BYTES = 6 * 1024 * 1024
const CLOSE_WITHIN_MS = 5_000

/** An HTTP API in front of handlers in this process: the same events in, the same answers out. */
export function startGateway(options: GatewayOptions): Promise<Gateway> {
  const app = new Hono<Bindings>({ strict: true })
  for (const route of options.routes) {
    app.on(route.method, route.path.replace(/\{(\w+)\+?\}/g, ':$1'), (context) =>
      handle(context, route, options),
    )
  }
  app.notFound((context) => context.json({ message: 'Not Found' }, 404))
  const server = http.createServer(getRequestListener(app.fetch))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      const { port } = z.object({ port: z.number() }).parse(server.address())
      resolve({ url: `http://${options.host}:${port}`, port, close: () => close(server) })
    })
  })
}

/** Lets what is in flight finish, for a while. */
function close(server: http.Server): Promise<void> {
  return new Promise((closed) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS)
    server.close(() => {
      clearTimeout(timer)
      closed()
    })
    server.closeIdleConnections()
  })
}

async function handle(
  context: Context<Bindings>,
  route: GatewayRoute,
  { onFailure }: GatewayOptions,
): Promise<Response> {
  const body = await readBody(context)
  if (body === undefined) return message(413, 'Request Entity Too Large')
  const event = gatewayEvent(
    requestOf(context, body),
    route.path,
    context.req.param() as Record<string, string>,
  )
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_IN_BYTES)
    return message(413, 'Request Entity Too Large')
  try {
    const timeoutMs = Math.min(route.timeoutMs, LONGEST_INTEGRATION_MS)
    return toResponse(answerOf(await invoke(await route.handler(), event, { ...route, timeoutMs })))
  } catch (error) {
    onFailure?.(error)
    if (error instanceof FunctionTimeoutError) return message(503, 'Service Unavailable')
    return message(500, 'Internal Server Error')
  }
}

function message(status: number, text: string): Response {
  return Response.json({ message: text }, { status })
}

/** undefined when it is larger than the gateway takes; the rest is not read. */
async function readBody(context: Context<Bindings>): Promise<Buffer | undefined> {
  if (Number(context.req.header('content-length') ?? 0) > MAX_BODY_IN_BYTES) return undefined
  const chunks: Uint8Array[] = []
  let sizeInBytes = 0
  for await (const chunk of context.req.raw.body ?? []) {
    sizeInBytes += chunk.length
    if (sizeInBytes > MAX_BODY_IN_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function requestOf(context: Context<Bindings>, body: Buffer) {
  const { incoming } = context.env
  const [rawPath = '/', rawQuery = ''] = (incoming.url ?? '/').split(/\?(.*)/s)
  const headers = incoming.rawHeaders.flatMap((name, index, all) =>
    index % 2 === 0 ? [[name, all[index + 1] ?? ''] as const] : [],
  )
  return {
    method: context.req.method,
    rawPath,
    rawQuery,
    headers,
    body,
    sourceIp: incoming.socket.remoteAddress ?? '',
  }
}

const Structured = z.looseObject({
  statusCode: z.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  cookies: z.array(z.string()).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
})

/** Format 2.0: a result without a status code is the JSON body of a 200. */
function answerOf(result: unknown): Answer {
  const isStructured = typeof result === 'object' && result !== null && 'statusCode' in result
  if (!isStructured)
    return { status: 200, headers: [['content-type', 'application/json']], body: JSON.stringify(result) }
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded } = Structured.parse(result)
  return {
    status: statusCode,
    headers: [
      ...Object.entries(headers),
      ...cookies.map((cookie): [string, string] => ['set-cookie', cookie]),
    ],
    body: isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  }
}

function toResponse({ status, headers, body }: Answer): Response {
  const isBodiless = status === 204 || status === 304
  return new Response(isBodiless ? null : new Uint8Array(Buffer.from(body)), { status, headers })
}

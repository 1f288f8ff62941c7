import http from 'node:http'
import * as z from 'zod'
import { before } from './deadline.ts'
import { type Answer, answerOf, REFUSALS } from './gateway-answer.ts'
import { gatewayEvent } from './gateway-event.ts'
import { createRouter, decodePath, type FindRoute } from './gateway-routes.ts'
import { readBody, respond, wireOf } from './gateway-wire.ts'
import { FunctionTimeoutError, type Handler, invoke } from './invoke.ts'
import { httpAddress } from './ports.ts'
import type { RateLimit } from './rate-limit.ts'

export type GatewayRoute = {
  readonly method: string
  /** As in serverless.yml: `/forms/{name}`. */
  readonly path: string
  readonly functionName: string
  readonly timeoutMs: number
  readonly memoryMB: number
  /** Asked for at every request; it loads once and remembers. */
  readonly handler: () => Promise<Handler>
}

export type GatewayOptions = {
  readonly routes: readonly GatewayRoute[]
  readonly port: number
  readonly host: string
  /** Whether a request from this address may pass now; without it all may. */
  readonly mayPass?: RateLimit
  /** Told what a function threw; the caller only sees 500. */
  readonly onFailure?: (error: unknown) => void
  /** Longest wait for a function, whatever its own timeout; AWS allows no more than the default. */
  readonly integrationLimitMs?: number
  /** How long `close` waits for requests in flight. */
  readonly closeWithinMs?: number
}

export type Gateway = { readonly url: string; readonly port: number; close(): Promise<void> }

/** AWS, "Quotas for configuring and running an HTTP API" and, for the event, Lambda's own quota. */
const INTEGRATION_LIMIT_MS = 30_000
const MAX_BODY_IN_BYTES = 10 * 1024 * 1024
const MAX_EVENT_IN_BYTES = 6 * 1024 * 1024

const CLOSE_WITHIN_MS = 5_000

/** The integration limit of the gateway is over; the function goes on. */
class IntegrationTimeoutError extends Error {
  override readonly name = 'IntegrationTimeoutError'
}

/**
 * An HTTP API in front of handlers in this process: the same events in, the same answers out. `close` stops accepting
 * and lets requests in flight finish.
 * @throws Error when the port is taken
 */
export function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { port, host, routes, closeWithinMs = CLOSE_WITHIN_MS } = options
  const findRoute = createRouter(routes)
  const inFlight = new Set<Promise<void>>()
  const server = http.createServer((request, response) => {
    const isLast = () => !server.listening
    const answering = respond(request, response, handle(request, findRoute, options), isLast)
    inFlight.add(answering)
    void answering.finally(() => inFlight.delete(answering))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const bound = z.object({ port: z.number() }).parse(server.address()).port
      const close = () => closeServer(server, inFlight, closeWithinMs)
      resolve({ url: httpAddress(host, bound), port: bound, close })
    })
  })
}

async function closeServer(server: http.Server, inFlight: ReadonlySet<Promise<void>>, withinMs: number) {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  const finished = Promise.all([closed, ...inFlight]).then(() => undefined)
  const late = () => new Error('requests in flight were cut off')
  await before(withinMs, finished, late).catch(() => server.closeAllConnections())
}

async function handle(
  request: http.IncomingMessage,
  findRoute: FindRoute<GatewayRoute>,
  options: GatewayOptions,
): Promise<Answer> {
  const { method = 'GET', url = '/' } = request
  const [target = '/', rawQuery = ''] = url.split(/\?(.*)/s)
  const rawPath = decodedOrUndefined(target)
  if (rawPath === undefined) return REFUSALS.badRequest
  const match = findRoute(method, rawPath)
  if (match === undefined) return REFUSALS.notFound
  if (options.mayPass?.(request.socket.remoteAddress ?? '') === false) return REFUSALS.tooMany
  const body = await readBody(request, MAX_BODY_IN_BYTES)
  if (body === undefined) return REFUSALS.tooLarge
  const event = gatewayEvent({ ...wireOf(request), method, rawPath, rawQuery, body }, match)
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_IN_BYTES) return REFUSALS.tooLarge
  return callFunction(match.route, event, options)
}

function decodedOrUndefined(target: string): string | undefined {
  try {
    return decodePath(target)
  } catch {
    return undefined
  }
}

async function callFunction(route: GatewayRoute, event: unknown, options: GatewayOptions): Promise<Answer> {
  const { onFailure, integrationLimitMs = INTEGRATION_LIMIT_MS } = options
  const late = () =>
    new IntegrationTimeoutError(`${route.functionName}: no answer in ${integrationLimitMs} ms`)
  try {
    const running = route.handler().then((handler) => invoke(handler, event, route))
    return answerOf(await before(integrationLimitMs, running, late))
  } catch (error) {
    onFailure?.(error)
    const isLate = error instanceof FunctionTimeoutError || error instanceof IntegrationTimeoutError
    return isLate ? REFUSALS.unavailable : REFUSALS.internalError
  }
}

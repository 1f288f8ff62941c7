import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { shakeHands } from '../delivery/handshake.ts'
import { type Address, UnknownInstanceError } from '../delivery/instances.ts'
import type { Pipe } from '../delivery/pipe.ts'
import { type Received, receive } from '../delivery/receive.ts'
import { queueRetry } from '../delivery/retry-queue.ts'
import { corsHeaders, preflightHeaders } from '../intake/cors.ts'
import { lowerCased, toHttpRequest } from '../intake/gateway-event.ts'
import { emptyReply, refuseTo, replyTo, textReply } from '../intake/reply.ts'
import type { LogFields } from '../values/log.ts'
import { answerToError, answerToReceived } from './answers.ts'
import { assemble } from './assemble.ts'
import { correlated, createLog } from './log.ts'

/** Kept of the invocation's time for the answer and for a message to the queue. */
const ANSWER_RESERVE_MS = 1_500

const log = createLog()

/** The handler of `/forms/{name}[/{token}]`, POST and GET, and its twin for orders. `open` gives the pipe at the first event. */
export function receiveFunction(kind: Address['kind'], open: () => Promise<Pipe> = assemble) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use({
      onError: (request) => {
        request.response = refuse(request.event, request.error)
      },
    })
    .handler((event, context) =>
      correlated(correlationId(event), async () => answer(kind, event, context, await open())),
    )
}

/** Whatever the answer is, a page of the configured origins may read it. */
async function answer(
  kind: Address['kind'],
  event: APIGatewayProxyEventV2,
  context: Context,
  pipe: Pipe,
): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = lowerCased(event.headers)
  const origins = originsOf(event, pipe)
  if (event.requestContext.http.method === 'OPTIONS')
    return emptyReply(204, preflightHeaders(headers, origins))
  const given = await receiveOver(kind, event, context, pipe).catch((error: unknown) => refuse(event, error))
  return { ...given, headers: { ...given.headers, ...corsHeaders(headers, origins) } }
}

function originsOf(
  { pathParameters }: APIGatewayProxyEventV2,
  { config: { sources } }: Pipe,
): readonly string[] {
  const name = pathParameters?.['name'] ?? ''
  return Object.hasOwn(sources, name) ? (sources[name]?.origins ?? []) : []
}

async function receiveOver(
  kind: Address['kind'],
  event: APIGatewayProxyEventV2,
  context: Context,
  pipe: Pipe,
) {
  const request = toHttpRequest(event)
  const deadline = { remainingMs: () => context.getRemainingTimeInMillis() - ANSWER_RESERVE_MS }
  const at = addressOf(kind, event)
  const correlation = { 'x-correlation-id': correlationId(event) }
  const handshake = await shakeHands(request, at, pipe)
  if (handshake !== undefined) {
    log.info('handshake', { ...instanceOf(event), status: handshake.status })
    return textReply(handshake.status, handshake.body, { ...handshake.headers, ...correlation })
  }
  const received = await receive(request, at, pipe, deadline)
  await queueRetry(pipe, received.eventId, received.outcome)
  const { headers, ...answer } = answerToReceived(received, kind)
  log.info('received', { ...instanceOf(event), ...summary(received) })
  return replyTo(request, {
    ...answer,
    headers: { ...headers, ...correlation },
    thankYou: { url: received.instance.thankYouUrl, texts: received.instance.thankYou },
  })
}

function addressOf(kind: Address['kind'], { pathParameters }: APIGatewayProxyEventV2): Address {
  const { name, token } = pathParameters ?? {}
  if (name === undefined) throw new UnknownInstanceError('the path names no source')
  return { kind, name, ...(token !== undefined && { token }) }
}

/** The one place where an error becomes an HTTP answer. */
function refuse(event: APIGatewayProxyEventV2, error: unknown): APIGatewayProxyStructuredResultV2 {
  const { status, body, headers } = answerToError(error)
  const fields = { ...instanceOf(event), status, errorName: error instanceof Error ? error.name : 'unknown' }
  correlated(correlationId(event), () => log[status >= 500 ? 'error' : 'warn']('refused', fields))
  return refuseTo({ headers: lowerCased(event.headers) }, status, body, {
    ...headers,
    'x-correlation-id': correlationId(event),
  })
}

function correlationId({ requestContext }: APIGatewayProxyEventV2): string {
  return requestContext.requestId
}

/** Only what can be an instance: the path is the sender's to write. */
function instanceOf({ pathParameters }: APIGatewayProxyEventV2): LogFields {
  const name = pathParameters?.['name'] ?? ''
  return /^[a-z0-9-]{1,40}$/.test(name) ? { instance: name } : {}
}

function summary({ eventId, outcome }: Received): LogFields {
  return { eventId, outcome: outcome.kind, ...('reason' in outcome && { reason: outcome.reason.code }) }
}

import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'
import { before } from './deadline.ts'

/** The function ran longer than its configured timeout. What it still does has no effect on the answer. */
export class FunctionTimeoutError extends Error {
  override readonly name = 'FunctionTimeoutError'
}

/** The function threw, or its result is no JSON; `cause` is what was thrown. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError'
}

export type Handler = (event: never, context: Context) => unknown

export type Invocation = {
  readonly functionName: string
  readonly timeoutMs: number
  readonly memoryMB: number
}

/**
 * Invokes a handler as Lambda does: event and result pass as JSON, the context knows the time that is left.
 * @throws FunctionTimeoutError, FunctionError
 */
export async function invoke(handler: Handler, event: unknown, invocation: Invocation): Promise<unknown> {
  const { functionName, timeoutMs } = invocation
  const running = run(handler, throughJson(event) as never, createContext(invocation))
  const late = () => new FunctionTimeoutError(`${functionName} ran longer than its ${timeoutMs} ms`)
  return before(timeoutMs, running, late)
}

async function run(handler: Handler, event: never, context: Context): Promise<unknown> {
  try {
    return throughJson(await handler(event, context))
  } catch (cause) {
    throw new FunctionError(`${context.functionName} failed`, { cause })
  }
}

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null') as unknown
}

function createContext({ functionName, timeoutMs, memoryMB }: Invocation): Context {
  const end = performance.now() + timeoutMs
  return {
    awsRequestId: randomUUID(),
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMB),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(end - performance.now())),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  }
}

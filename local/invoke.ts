import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'

/** The function ran longer than its configured timeout. What it still does has no effect on the answer. */
export class FunctionTimeoutError extends Error {
  override readonly name = 'FunctionTimeoutError'
}

/** The function threw; `cause` is what it threw. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError'
}

export type Invocation = {
  readonly functionName: string
  readonly timeoutMs: number
  readonly memoryMB: number
}

/**
 * Invokes a handler as Lambda does: event and result pass as JSON, the context knows the time that is left.
 * @throws FunctionTimeoutError, FunctionError
 */
export async function invoke(
  handler: (event: never, context: Context) => unknown,
  event: unknown,
  invocation: Invocation,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new FunctionTimeoutError(`${invocation.functionName} timed out`))
    timer = setTimeout(late, invocation.timeoutMs)
  })
  try {
    const context = createContext(invocation)
    const result = await Promise.race([run(handler, throughJson(event) as never, context), timeout])
    return throughJson(result)
  } finally {
    clearTimeout(timer)
  }
}

async function run(handler: (event: never, context: Context) => unknown, event: never, context: Context) {
  try {
    return await handler(event, context)
  } catch (cause) {
    throw new FunctionError(`${context.functionName} failed`, { cause })
  }
}

function throughJson(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown)
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

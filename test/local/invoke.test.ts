import type { Context } from 'aws-lambda'
import { expect, it } from 'vitest'
import { invoke } from '../../local/invoke.ts'

const invocation = { functionName: 'f', timeoutMs: 1_000, memoryMB: 256 }

it('passes the event and the result as JSON', async () => {
  const seen: unknown[] = []
  const handler = (event: unknown) => {
    seen.push(event)
    return { at: new Date(0), gone: undefined }
  }
  const event = { when: new Date(1), gone: undefined, list: [undefined] }
  expect(await invoke(handler, event, invocation)).toEqual({ at: '1970-01-01T00:00:00.000Z' })
  expect(seen).toStrictEqual([{ when: '1970-01-01T00:00:00.001Z', list: [null] }])
})

it('turns nothing into null, both ways', async () => {
  const seen: unknown[] = []
  const handler = (event: unknown) => {
    seen.push(event)
  }
  expect(await invoke(handler, undefined, invocation)).toBeNull()
  expect(seen).toEqual([null])
})

it('gives a context like that of Lambda, with an id of its own', async () => {
  const contexts: Context[] = []
  const handler = (_: unknown, context: Context) => {
    contexts.push(context)
  }
  await invoke(handler, {}, invocation)
  await invoke(handler, {}, invocation)
  expect(contexts[0]).toMatchObject({
    functionName: 'f',
    functionVersion: '$LATEST',
    invokedFunctionArn: expect.stringMatching(/^arn:aws:lambda:[\w-]+:\d{12}:function:f$/),
    memoryLimitInMB: '256',
    logGroupName: '/aws/lambda/f',
    logStreamName: expect.any(String),
    callbackWaitsForEmptyEventLoop: true,
  })
  expect(new Set(contexts.map(({ awsRequestId }) => awsRequestId)).size).toBe(2)
})

it('lets the time that is left run down to nothing', async () => {
  const left: number[] = []
  const running = invoke(
    async (_: unknown, context: Context) => {
      for (;;) {
        left.push(context.getRemainingTimeInMillis())
        if (left.at(-1) === 0) return
        await new Promise((turn) => setImmediate(turn))
      }
    },
    {},
    { ...invocation, timeoutMs: 30 },
  )
  await running.catch(() => undefined)
  expect(left[0]).toBeLessThanOrEqual(30)
  expect(left).toEqual(left.toSorted((a, b) => b - a))
})

it('gives up after the timeout; a later failure changes nothing', async () => {
  const failure = Promise.withResolvers<never>()
  const running = invoke(() => failure.promise, {}, { ...invocation, timeoutMs: 10 })
  await expect(running).rejects.toMatchObject({
    name: 'FunctionTimeoutError',
    message: expect.stringMatching(/^f .*10 ms/),
  })
  failure.reject(new Error('late'))
  await new Promise((turn) => setImmediate(turn))
})

it.each([
  ['rejects', () => Promise.reject(new TypeError('no'))],
  [
    'throws at once',
    () => {
      throw new TypeError('no')
    },
  ],
  ['answers with what is no JSON', () => ({ a: 1n })],
])('wraps the error of a function that %s', async (_, handler) => {
  const error = { name: 'FunctionError', message: 'f failed', cause: expect.any(TypeError) }
  await expect(invoke(handler, {}, invocation)).rejects.toMatchObject(error)
})

import './preload.ts'
import { createRequire } from 'node:module'

/**
 * Loads one bundle in this fresh process and has it put together all it needs, by an event that ends there: a
 * preflight. Sends the milliseconds.
 */
const [file = ''] = process.argv.slice(2)
const startedAt = performance.now()
const { handler } = createRequire(import.meta.url)(file) as {
  handler: (event: unknown, context: unknown) => Promise<{ statusCode: number }>
}
const { statusCode } = await handler(preflight(), context())
const ms = performance.now() - startedAt
if (statusCode !== 204) throw new Error(`${file} answered ${statusCode}`)
process.send?.({ ms })
process.disconnect?.()

function preflight() {
  const http = { method: 'OPTIONS', path: '/forms/contact', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' }
  const requestContext = {
    accountId: '1',
    apiId: 'a',
    domainName: 'example.com',
    domainPrefix: 'example',
    http: { ...http, userAgent: 'bench' },
    requestId: 'request-1',
    routeKey: 'OPTIONS /forms/{name}',
    stage: '$default',
    time: '12/Mar/2026:19:03:58 +0000',
    timeEpoch: 1_773_342_238_000,
  }
  return {
    version: '2.0',
    routeKey: 'OPTIONS /forms/{name}',
    rawPath: '/forms/contact',
    rawQueryString: '',
    headers: { origin: 'https://example.com' },
    pathParameters: { name: 'contact' },
    requestContext,
    isBase64Encoded: false,
  }
}

function context() {
  return {
    functionName: 'bench',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:bench',
    memoryLimitInMB: '512',
    awsRequestId: 'request-1',
    getRemainingTimeInMillis: () => 28_000,
  }
}

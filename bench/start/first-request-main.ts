import './preload.ts'

import { createRequire } from 'node:module'
import path from 'node:path'
import { http } from '../../lib/values/node-http.ts'

/** Loads `receive-form`, delivers one form, then warm ones. Sends the milliseconds of each part. */
const WARM = 25
const [run = ''] = process.argv.slice(2)
const outgoing = await firstOutgoing()
const loadedAt = performance.now()
const { handler } = createRequire(import.meta.url)(path.resolve('dist/receive-form.mjs')) as {
  handler: (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>
}
const load = performance.now() - loadedAt
const first = await deliver(0)
const warm: number[] = []
for (let number = 1; number <= WARM; number += 1) warm.push(await deliver(number))
const median = warm.toSorted((a, b) => a - b)[Math.floor(WARM / 2)] ?? Number.NaN
process.send?.({ load, first, warm: median, outgoing })
process.disconnect?.()

async function deliver(number: number): Promise<number> {
  const startedAt = performance.now()
  const { body } = await handler(event(`${run}-${number}`), { getRemainingTimeInMillis: () => 28_000 })
  const ms = performance.now() - startedAt
  const { outcome } = JSON.parse(body) as { outcome?: string }
  if (outcome !== 'done') throw new Error(`a delivery ended as ${body}`)
  return ms
}

/** A whole request through `node:http` before anything else, so that its one-time cost stands alone. */
async function firstOutgoing(): Promise<number> {
  const server = http.createServer((_, response) => response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const once = async () => {
    const startedAt = performance.now()
    await new Promise<void>((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
    })
    return performance.now() - startedAt
  }
  const took = await once()
  server.close()
  return took
}

function event(id: string) {
  const http = { method: 'POST', path: '/forms/contact', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' }
  return {
    version: '2.0',
    routeKey: 'POST /forms/{name}',
    rawPath: '/forms/contact',
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    pathParameters: { name: 'contact' },
    requestContext: { http: { ...http, userAgent: 'bench' }, requestId: id },
    body: JSON.stringify({ email: 'known@example.com', message: 'Hello', submission_id: id }),
    isBase64Encoded: false,
  }
}

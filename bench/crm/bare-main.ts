import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'

/**
 * What the emulator is measured against: hono on the same adapter, in a process of its own, that answers every GET and
 * POST with the record given as its argument and does nothing else. The body of a POST is read as JSON.
 */
const record = JSON.parse(process.argv[2] ?? '{}') as object
const app = new Hono()
app.get('*', (c) => c.json(record))
app.post('*', async (c) => {
  await c.req.json()
  return c.json(record, 201)
})

const server = createAdaptorServer({ fetch: app.fetch }) as Server
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.once('disconnect', () => process.exit(0))
process.send?.({ type: 'ready', origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })

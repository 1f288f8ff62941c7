import { serve } from '@hono/node-server'
import { Hono } from 'hono'

export type CrmSwitch = { stop(): Promise<void>; start(): Promise<void> }

/** Takes the emulated CRM away and gives it back: `POST /crm/stop`, `POST /crm/start`. Loopback only. */
export function startControl(crm: CrmSwitch | undefined): Promise<{ url: string; close(): Promise<void> }> {
  const app = new Hono()
  for (const word of ['stop', 'start'] as const) {
    app.post(`/crm/${word}`, async (context) => {
      if (crm === undefined) return context.text('this instance uses a real CRM\n', 409)
      await crm[word]()
      return context.text(`the emulated CRM is ${word === 'stop' ? 'stopped' : 'running'}\n`)
    })
  }
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      const close = () => new Promise<void>((closed) => server.close(() => closed()))
      resolve({ url: `http://127.0.0.1:${port}`, close })
    })
  })
}

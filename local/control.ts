import { serve } from '@hono/node-server'
import { Hono } from 'hono'

export type CrmSwitch = { stop(): Promise<void>; start(): Promise<void> }

/** Runs an automation by hand. Its options are those of functions/run-automation. */
export type RunAutomation = (name: string, options: object) => Promise<unknown>

/**
 * Takes the emulated CRM away and gives it back (`POST /crm/stop`, `POST /crm/start`), and runs an automation at once
 * (`POST /automations/{name}`). Loopback only.
 */
export function startControl(
  crm: CrmSwitch | undefined,
  runAutomation: RunAutomation,
): Promise<{ url: string; close(): Promise<void> }> {
  const app = new Hono()
  app.post('/automations/:name', async (context) => {
    try {
      const options = (await context.req.json()) as object
      return context.json(((await runAutomation(context.req.param('name'), options)) ?? {}) as object)
    } catch (error) {
      return context.text(`${error instanceof Error ? error.message : error}\n`, 409)
    }
  })
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

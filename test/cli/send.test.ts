import { expect, onTestFinished, test } from 'vitest'
import { sendSample } from '../../cli/send-sample.ts'
import { defineConfig } from '../../lib/config/config.ts'
import { receiveFunction } from '../../lib/runtime/receive-function.ts'
import { startGateway } from '../../local/gateway.ts'
import { startPipe } from '../support/pipe.ts'

const config = defineConfig({
  installation: 'test',
  publicUrl: 'https://crm.example.com',
  sources: {
    contact: { source: 'web-form' },
    private: { source: 'web-form', secrets: ['TOKEN'], options: { tokenRequired: true } },
    shop: { source: 'shopify', secrets: ['SHOP'], acceptTests: true },
  },
})
const secret = async (name: string) => (name === 'SHOP' ? ['shop-secret'] : ['t0ken+1'])

/** A running instance with these sources. */
async function running() {
  const { pipe } = await startPipe({ config, secret })
  const routes = (['form', 'order'] as const).flatMap((kind) =>
    [`/${kind}s/{name}`, `/${kind}s/{name}/{token}`].map((path) => {
      const handler = async () => receiveFunction(kind, async () => pipe) as never
      return { method: 'POST', path, functionName: 'f', timeoutMs: 28_000, memoryMB: 512, handler }
    }),
  )
  const gateway = await startGateway({ routes, port: 0, host: '127.0.0.1' })
  onTestFinished(() => gateway.close())
  return gateway.url
}

async function send(of: string, options: Partial<Parameters<typeof sendSample>[0]> = {}) {
  const base = options.to === undefined ? await running() : ''
  const sent = sendSample({ of, count: 1, base: async () => base, ...options }, config, secret)
  return (await Array.fromAsync(sent)).map(({ status, body }) => [status, JSON.parse(body).outcome])
}

test('a sample is signed with the secret of its instance, and accepted', async () => {
  expect(await send('shop', { sample: 'orders-create' })).toEqual([[200, 'queued']])
})

test('the name of a source means its first instance, and the same sample twice is a duplicate', async () => {
  expect(await send('shopify', { sample: 'orders-create', count: 2 })).toEqual([
    [200, 'queued'],
    [200, 'duplicate'],
  ])
})

test('a sender that cannot sign shows its token in the address', async () => {
  const [answer] = await send('private', { sample: 'elementor-simple' })
  expect(answer?.[0]).toBe(200)
})

test('another secret is not accepted', async () => {
  expect(await send('shop', { secret: 'wrong' })).toEqual([[401, undefined]])
})

test('a source or sample there is not is refused with those there are', async () => {
  await expect(send('fax')).rejects.toThrow(/contact, private, shop/)
  await expect(send('shop', { sample: 'nothing' })).rejects.toThrow(/shopify-orders-create/)
})

import { expect, test } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { demoSecrets } from '../../local/demo-secrets.ts'

const config = defineConfig({
  installation: 'test',
  publicUrl: 'https://crm.example.com',
  sources: {
    contact: { source: 'web-form' },
    shop: { source: 'shopify', secrets: ['SHOP_NEW', 'SHOP_OLD'] },
    store: { source: 'stripe', secrets: ['STRIPE'], api: { credentials: { secretKey: 'STRIPE_KEY' } } },
  },
})

test('an instance whose secrets nobody has given gets one, its vendor gets no credential', () => {
  expect(demoSecrets(config, {})).toEqual({ SHOP_NEW: 'demo', STRIPE: 'demo' })
})

test('one live secret is enough to be left alone', () => {
  expect(demoSecrets(config, { SHOP_OLD: 'secret', STRIPE: 'secret' })).toEqual({})
})

import { expect, it } from 'vitest'
import { vendorApiOf } from '../../lib/delivery/vendor-api.ts'

const secrets: Readonly<Record<string, readonly string[]>> = { SHOP_TOKEN: ['new', 'old'], EMPTY: [] }
const pipe = { secret: async (name: string) => [...(secrets[name] ?? [])] }
const api = { credentials: { token: 'SHOP_TOKEN', key: 'EMPTY' } }

it('a credential is the latest value of the secret that is configured for it, and nothing else', async () => {
  const { credential } = vendorApiOf({ api }, pipe)
  const names = ['token', 'key', 'password', 'toString']
  expect(await Promise.all(names.map(credential))).toEqual(['new', undefined, undefined, undefined])
})

it('a vendor is asked at its own address, unless another one is configured', () => {
  expect(vendorApiOf({ api }, pipe)).not.toHaveProperty('baseUrl')
  const elsewhere = { ...api, baseUrl: 'http://127.0.0.1:8080' }
  expect(vendorApiOf({ api: elsewhere }, pipe).baseUrl).toBe('http://127.0.0.1:8080')
})

it('a vendor has eight seconds to answer, unless told otherwise', () => {
  expect([vendorApiOf({ api }, pipe).timeoutMs, vendorApiOf({ api }, pipe, 100).timeoutMs]).toEqual([
    8_000, 100,
  ])
})

import { expect, test } from 'vitest'
import { rateLimit } from '../../local/rate-limit.ts'
import { gatewayOf } from './gateway-support.ts'

test('an address may send so many a minute, and gets them back evenly', () => {
  let nowMs = 0
  const passes = rateLimit(60, () => nowMs)
  const sent = (count: number) =>
    Array.from({ length: count }, () => passes('192.0.2.1')).filter(Boolean).length
  expect(sent(100)).toBe(60)
  nowMs = 10_000
  expect(sent(100)).toBe(10)
  nowMs = 10 * 60_000
  expect(sent(100)).toBe(60)
})

test('one address does not use up what another may send', () => {
  const passes = rateLimit(1, () => 0)
  expect(['192.0.2.1', '192.0.2.1', '2001:db8::1'].map(passes)).toEqual([true, false, true])
})

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('%s is this machine and passes always', (address) => {
  const passes = rateLimit(1, () => 0)
  expect([address, address, address].map(passes)).toEqual([true, true, true])
})

test('the gateway answers 429 when an address has sent too much, and calls no function', async () => {
  let calls = 0
  const { url } = await gatewayOf(
    () => {
      calls += 1
      return { statusCode: 200 }
    },
    { mayPass: () => calls < 1 },
  )
  const send = () => fetch(`${url}/forms/x`, { method: 'POST' })
  const answers = [await send(), await send()]
  expect(answers.map(({ status }) => status)).toEqual([200, 429])
  expect(answers[1]?.headers.get('retry-after')).toBe('60')
  expect(calls).toBe(1)
})

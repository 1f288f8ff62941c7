import { expect, test } from 'vitest'
import { apiUrl, askJson, askText } from '../../../lib/sources/api/http.ts'
import { VendorRefusedError, VendorUnavailableError } from '../../../lib/sources/errors.ts'
import { type StandInAnswer, vendorStandIn } from '../../support/vendor-stand-in.ts'

const TIMEOUT_MS = 10_000

async function failureOf(answer: StandInAnswer | 'reset' | 'hang', timeoutMs = TIMEOUT_MS) {
  const { baseUrl, asked } = await vendorStandIn(() => answer)
  const url = apiUrl(baseUrl, '/orders', { secret: 's3cret' })
  const error = await askJson({ url, headers: {}, timeoutMs }).catch((failure: unknown) => failure)
  expect(asked.length).toBeLessThanOrEqual(1)
  expect(String(error)).not.toContain('s3cret')
  return error
}

test('an answer is read with its headers and all digits of its ids', async () => {
  const { baseUrl, asked } = await vendorStandIn(() => ({
    headers: { link: '<next>', 'content-type': 'application/json' },
    body: '{"id":820982911946154508}',
  }))
  const url = apiUrl(`${baseUrl}/shop/`, '/orders', { since: 'a b&c', cursor: undefined })
  const answer = await askJson({ url, headers: { 'x-token': 't' }, timeoutMs: TIMEOUT_MS })
  expect(answer.body).toEqual({ id: '820982911946154508' })
  expect(answer.headers.get('link')).toBe('<next>')
  expect(asked[0]).toMatchObject({ method: 'GET', path: '/shop/orders', headers: { 'x-token': 't' } })
  expect([...(asked[0]?.query ?? [])]).toEqual([['since', 'a b&c']])
})

test('a body is posted as it stands', async () => {
  const { baseUrl, asked } = await vendorStandIn(() => ({ body: '<order/>' }))
  const request = { url: apiUrl(baseUrl, 'search'), headers: {}, timeoutMs: TIMEOUT_MS }
  const { body } = await askText({ ...request, method: 'POST', body: '{"limit":5}' })
  expect(body).toBe('<order/>')
  expect(asked[0]).toMatchObject({ method: 'POST', body: '{"limit":5}' })
})

test.each([301, 302, 307, 308])('a redirect (%d) is refused and not followed', async (status) => {
  const error = await failureOf({ status, headers: { location: '/elsewhere' } })
  expect(error).toBeInstanceOf(VendorRefusedError)
  expect(String(error)).toContain(`GET http://127.0.0.1`)
  expect(String(error)).toContain('a redirect is not followed')
})

test.each([400, 401, 403, 404, 410, 422])('%d is a refusal', async (status) => {
  const error = await failureOf({ status, body: 'no' })
  expect(error).toBeInstanceOf(VendorRefusedError)
  expect(String(error)).toMatch(new RegExp(`/orders answered ${status}$`))
})

test.each([
  [429, { 'retry-after': '2' }, 2000],
  [429, { 'retry-after': '2.0' }, 2000],
  [503, { 'retry-after': 'Wed, 25 Nov 2026 10:00:30 GMT', date: 'Wed, 25 Nov 2026 10:00:00 GMT' }, 30_000],
  [503, { 'retry-after': 'Wed, 25 Nov 2026 09:00:00 GMT', date: 'Wed, 25 Nov 2026 10:00:00 GMT' }, 0],
  [429, { 'retry-after': 'soon' }, undefined],
  [429, {}, undefined],
  [500, {}, undefined],
  [502, {}, undefined],
  [408, {}, undefined],
])('%d with %j is tried again after %s ms', async (status, headers, retryAfterMs) => {
  const error = await failureOf({ status, headers })
  expect(error).toBeInstanceOf(VendorUnavailableError)
  expect(error).toMatchObject({ retryAfterMs })
})

test.each([
  ['a connection that breaks', 'reset', TIMEOUT_MS, /did not answer$/],
  ['no answer in time', 'hang', 50, /did not answer within 50 ms$/],
  ['HTML with status 200', { body: '<html>Maintenance</html>' }, TIMEOUT_MS, /did not answer with JSON$/],
] as const)('%s is an outage', async (_, answer, timeoutMs, message) => {
  const error = await failureOf(answer, timeoutMs)
  expect(error).toBeInstanceOf(VendorUnavailableError)
  expect(String(error)).toMatch(message)
})

test('nobody listening is an outage', async () => {
  const url = apiUrl('http://127.0.0.1:1', 'orders')
  await expect(askJson({ url, headers: {}, timeoutMs: TIMEOUT_MS })).rejects.toBeInstanceOf(
    VendorUnavailableError,
  )
})

test('an answer of more than 8 MiB is refused', async () => {
  const error = await failureOf({ body: 'x'.repeat(8 * 1024 * 1024 + 1) })
  expect(error).toBeInstanceOf(VendorRefusedError)
  expect(String(error)).toContain('answered with more than 8388608 bytes')
})

import { expect, test } from 'vitest'
import { jsonReply, replyTo } from '../../lib/intake/reply.ts'
import { post } from '../support/http-request.ts'

const CHROME = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
const URLENCODED = 'application/x-www-form-urlencoded'
const answer = {
  status: 200,
  body: { reference: 'contact:abc', outcome: 'done' },
  headers: { 'x-event-id': 'contact:abc', 'x-correlation-id': 'request-1' },
}

function from(contentType: string, accept?: string) {
  return post('name=Ann', { contentType, ...(accept !== undefined && { headers: { accept } }) })
}

test('JSON answers carry the given headers and may not be cached', () => {
  expect(jsonReply(413, { error: 'too large' }, { 'x-correlation-id': '1' })).toEqual({
    statusCode: 413,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-correlation-id': '1',
    },
    body: '{"error":"too large"}',
  })
})

test.each([URLENCODED, 'multipart/form-data; boundary=x'])('a browser that posted %s sees a page', (type) => {
  const { statusCode, headers, body } = replyTo(from(type, CHROME), answer)
  expect(statusCode).toBe(200)
  expect(headers).toEqual({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
  })
  expect(body).toContain('<html lang="en">')
  expect(body).toContain('contact:abc')
})

test('a browser is sent on to the configured URL', () => {
  const thankYouUrl = 'https://www.example.com/thanks'
  expect(replyTo(from(URLENCODED, CHROME), { ...answer, thankYouUrl })).toEqual({
    statusCode: 303,
    headers: {
      location: thankYouUrl,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...answer.headers,
    },
    body: '',
  })
})

test.each([
  ['curl', URLENCODED, '*/*'],
  ['a sender without Accept', URLENCODED, undefined],
  ['a script that asks for JSON', URLENCODED, 'application/json, text/html;q=0.5'],
  ['a script that posts JSON from a browser', 'application/json', CHROME],
  ['a sender that wants both alike', URLENCODED, 'text/html, application/json'],
  ['a sender with a broken weight', URLENCODED, 'text/html;q=high'],
])('%s gets JSON', (_, contentType, accept) => {
  const { statusCode, body } = replyTo(from(contentType, accept), {
    ...answer,
    thankYouUrl: 'https://example.com',
  })
  expect(statusCode).toBe(200)
  expect(JSON.parse(body ?? '')).toEqual(answer.body)
})

test('the reference on the page is escaped', () => {
  const body = { reference: `<script>alert("1")</script>&'` }
  const page = replyTo(from(URLENCODED, CHROME), { ...answer, body }).body
  expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;')
  expect(page).not.toContain('<script')
})

import { expect, test } from 'vitest'
import { fileReply, jsonReply, refuseTo, replyTo } from '../../lib/intake/reply.ts'
import { post } from '../support/http-request.ts'

const CHROME = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
const URLENCODED = 'application/x-www-form-urlencoded'
const answer = {
  status: 200,
  body: { reference: 'contact:abc', outcome: 'done' },
  headers: { 'x-event-id': 'contact:abc', 'x-correlation-id': 'request-1' },
  thankYou: { texts: {} },
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
  expect(body).toContain('<html lang="en" dir="auto">')
  expect(body).toContain('contact:abc')
})

test('a browser is sent on to the configured URL', () => {
  const thankYouUrl = 'https://www.example.com/thanks'
  expect(replyTo(from(URLENCODED, CHROME), { ...answer, thankYou: { url: thankYouUrl, texts: {} } })).toEqual(
    {
      statusCode: 303,
      headers: {
        location: thankYouUrl,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        ...answer.headers,
      },
      body: '',
    },
  )
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
    thankYou: { url: 'https://example.com', texts: {} },
  })
  expect(statusCode).toBe(200)
  expect(JSON.parse(body ?? '')).toEqual(answer.body)
})

test('a browser sees the case rather than the reference of the delivery, once there is one', () => {
  const body = { ...answer.body, caseId: '4711' }
  const shown = replyTo(from(URLENCODED, CHROME), { ...answer, body }).body
  expect(shown).toContain('>4711<')
  expect(shown).not.toContain('contact:abc')
})

const texts = {
  en: { title: 'Thanks', text: 'We write back.' },
  de: { title: 'Danke', text: 'Wir melden uns & zwar bald.' },
  'pt-BR': { title: 'Obrigado', text: 'Respondemos.' },
}

test.each([
  ['', 'de-AT,de;q=0.9,en;q=0.8', 'Danke'],
  ['', 'fr,en;q=0.5,de;q=0.7', 'Danke'],
  ['', 'pt-br', 'Obrigado'],
  ['', 'pt', 'Thanks'],
  ['', 'de;q=0', 'Thanks'],
  ['', 'ja', 'Thanks'],
  ['lang=de', 'en', 'Danke'],
  ['lang=%22%3E', 'de', 'Danke'],
])('a page with ?%s and Accept-Language %s says %s', (rawQuery, language, title) => {
  const headers = { accept: CHROME, 'accept-language': language }
  const request = { ...post('a=1', { contentType: URLENCODED, headers }), rawQuery }
  expect(replyTo(request, { ...answer, thankYou: { texts } }).body).toContain(`<h1>${title}</h1>`)
})

test('the text of a page is escaped', () => {
  const request = { ...from(URLENCODED, CHROME), rawQuery: 'lang=de' }
  expect(replyTo(request, { ...answer, thankYou: { texts } }).body).toContain('uns &amp; zwar')
})

test('a refused browser sees a page that says why, a program gets JSON', () => {
  const error = { error: 'length of the body in bytes: 9 is more than the 8 allowed' }
  const shown = refuseTo(from(URLENCODED, CHROME), 413, error, {})
  expect([shown.statusCode, shown.headers?.['content-type']]).toEqual([413, 'text/html; charset=utf-8'])
  expect(shown.body).toContain(error.error)
  expect(JSON.parse(refuseTo(from(URLENCODED), 413, error, {}).body ?? '')).toEqual(error)
})

test.each([
  ['plan.pdf', 'plan.pdf'],
  [`a "b" '(1)*.txt`, 'a%20%22b%22%20%27%281%29%2a.txt'],
  ['żółw\r\nset-cookie: a', '%C5%BC%C3%B3%C5%82w%0D%0Aset-cookie%3A%20a'],
])('a file named %j is saved under that name and never shown', (filename, encoded) => {
  const { headers, body, isBase64Encoded } = fileReply(Buffer.from('<script>'), filename)
  expect(headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encoded}`,
    'x-content-type-options': 'nosniff',
  })
  expect([isBase64Encoded, Buffer.from(body ?? '', 'base64').toString()]).toEqual([true, '<script>'])
})

test('the reference on the page is escaped', () => {
  const body = { reference: `<script>alert("1")</script>&'` }
  const page = replyTo(from(URLENCODED, CHROME), { ...answer, body }).body
  expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;')
  expect(page).not.toContain('<script')
})

import { expect, test } from 'vitest'
import { readCaptured } from '../../cli/captured-request.ts'
import { configuredSource } from '../../cli/configured.ts'
import { explainSignature } from '../../cli/explain/explain.ts'
import { defineConfig } from '../../lib/config/config.ts'
import type { HttpRequest } from '../../lib/intake/request.ts'
import { post } from '../support/http-request.ts'

const NOW_MS = Date.UTC(2026, 2, 12, 12)
const SECRET = 's3cret-&-more'
const BODY = '{"message":"Grüße","page":"a/b"}'

const config = defineConfig({
  installation: 'test',
  publicUrl: 'https://crm.example.com',
  sources: {
    plain: {
      source: 'generic-form',
      secrets: ['PLAIN'],
      options: { signature: { header: 'x-sig', prefix: 'sha256=' } },
    },
    timed: {
      source: 'generic-form',
      secrets: ['PLAIN'],
      options: {
        signature: {
          header: 'x-sig',
          encoding: 'base64',
          signed: '{url}{timestamp}{body}',
          timestamp: { header: 'x-time' },
        },
      },
    },
  },
})

async function configured(name: string, secret = SECRET) {
  return configuredSource(name, config, async () => (secret === '' ? [] : [secret]))
}

/** A delivery as its vendor sends it, before anything goes wrong. */
async function sent(name: string, { body = BODY, secret = SECRET, nowMs = NOW_MS, url = '' } = {}) {
  const { source, context } = await configured(name)
  const signing = {
    secret,
    nowMs,
    deliveryId: '1',
    url: url || context.url,
    headers: {},
    options: context.options,
  }
  return post(body, {
    contentType: 'application/json',
    headers: { ...source.sign(Buffer.from(body), signing) },
  })
}

const told = async (request: HttpRequest, name: string, secret?: string) =>
  explainSignature(request, await configured(name, secret), NOW_MS)

const withBody = (request: HttpRequest, body: string | Buffer) => ({
  ...request,
  body: Buffer.from(body as string),
})

test('a good one is said to be good', async () => {
  expect(await told(await sent('plain'), 'plain')).toEqual({
    accepted: true,
    said: ['the signature is right'],
  })
  const broken = await told(await sent('plain', { body: '{' }), 'plain')
  expect(broken).toMatchObject({ accepted: true, said: [expect.anything(), expect.stringContaining('JSON')] })
})

const pretty = JSON.stringify(JSON.parse(BODY), null, 2)

test.each<[string, string, string]>([
  ['compact, then made pretty', BODY, pretty],
  ['pretty, then made compact', pretty, BODY],
  ['with escapes that were undone', '{"message":"Gr\\u00fc\\u00dfe"}', '{"message":"Grüße"}'],
  ['with \\/ that was undone', '{"page":"a\\/b"}', '{"page":"a/b"}'],
  ['and given a line break', BODY, `${BODY}\n`],
  ['and robbed of its line break', `${BODY}\n`, BODY],
  ['and given other line ends', '{\r\n"a":1\r\n}', '{\n"a":1\n}'],
  ['and left in base64', BODY, Buffer.from(BODY).toString('base64')],
])('a body that was signed %s', async (_, signed, arrived) => {
  const { accepted, said } = await told(withBody(await sent('plain', { body: signed }), arrived), 'plain')
  expect(accepted).toBe(false)
  expect(said).toEqual([expect.stringMatching(/body/)])
})

test('a body whose text was read in another charset', async () => {
  const latin1 = Buffer.from(BODY, 'latin1')
  const request = await sent('plain')
  expect((await told(withBody(request, latin1), 'plain')).said[0]).toMatch(/UTF-8 to Latin-1/)
})

test.each([
  ['blanks around it', ` ${SECRET}\n`, /blanks/],
  ['quotes around it', `"${SECRET}"`, /quotes/],
  ['entities in it', SECRET.replace('&', '&amp;'), /entities/],
  ['a prefix too many', `whsec_${SECRET}`, /whsec_/],
  ['been put into base64', Buffer.from(SECRET).toString('base64'), /base64/],
])('a secret that has %s', async (_, ours, expected) => {
  const { accepted, said } = await told(await sent('plain'), 'plain', ours)
  expect([accepted, said]).toEqual([false, [expect.stringMatching(expected)]])
})

test.each([
  ['base64', (hex: string) => Buffer.from(hex, 'hex').toString('base64'), /x-sig: .*base64.*hex/],
  ['base64 of hex', (hex: string) => Buffer.from(hex).toString('base64'), /x-sig: .*hex text/],
])('a signature in %s', async (_, recode, expected) => {
  const request = await sent('plain')
  const [, hex = ''] = (request.headers['x-sig'] ?? '').split('=')
  const headers = { ...request.headers, 'x-sig': `sha256=${recode(hex)}` }
  expect((await told({ ...request, headers }, 'plain')).said).toEqual([expect.stringMatching(expected)])
})

test('a signature without what should stand before it', async () => {
  const request = await sent('plain')
  const headers = { ...request.headers, 'x-sig': (request.headers['x-sig'] ?? '').replace('sha256=', '') }
  expect((await told({ ...request, headers }, 'plain')).said[0]).toMatch(/sha256= is missing/)
})

test('a time that is not within tolerance, with anything else wrong besides', async () => {
  const request = await sent('timed', { nowMs: NOW_MS - 3_600_000 })
  expect((await told(request, 'timed')).said[0]).toMatch(/the clock: .* 60 min ago/)
  expect((await told(request, 'timed', `${SECRET} `)).said[0]).toMatch(/blanks/)
})

test('an address that the vendor was told otherwise', async () => {
  const slash = await sent('timed', { url: 'https://crm.example.com/forms/timed/' })
  expect((await told(slash, 'timed')).said[0]).toMatch(/slash/)
  const elsewhere = await sent('timed', { url: 'https://shop.example/forms/contact' })
  const headers = { ...elsewhere.headers, host: 'shop.example' }
  expect((await told({ ...elsewhere, headers }, 'timed')).said[0]).toMatch(/publicUrl/)
})

test('a header that is not there, a secret that is not there, and what nothing explains', async () => {
  const request = await sent('plain')
  const { 'x-sig': signature = '', ...rest } = request.headers
  const renamed = { ...request, headers: { ...rest, 'x-signature': signature } }
  expect((await told(renamed, 'plain')).said).toEqual([
    'the header x-sig is missing',
    expect.stringMatching(/x-signature/),
  ])
  expect((await told(request, 'plain', '')).said[0]).toMatch(/set PLAIN/)
  expect((await told(request, 'plain', 'another')).said[1]).toMatch(/secret is another one/)
})

test.each([
  [
    'an HTTP message',
    (r: HttpRequest) =>
      `POST /forms/plain?a=1 HTTP/1.1\r\nX-Sig: ${r.headers['x-sig']}\r\nContent-Type: application/json\r\n\r\n${r.body}`,
  ],
  [
    'an HTTP message with bare line feeds',
    (r: HttpRequest) => `POST https://h/forms/plain HTTP/1.1\nX-Sig: ${r.headers['x-sig']}\n\n${r.body}`,
  ],
  [
    'JSON with headers and body',
    (r: HttpRequest) => JSON.stringify({ headers: r.headers, body: r.body.toString() }),
  ],
  [
    'an API Gateway event',
    (r: HttpRequest) =>
      JSON.stringify({
        rawPath: '/forms/plain',
        headers: r.headers,
        body: r.body.toString('base64'),
        isBase64Encoded: true,
      }),
  ],
])('%s can be read', async (_, written) => {
  const request = await sent('plain')
  const read = readCaptured(Buffer.from(written(request)))
  expect((await told(read, 'plain')).accepted).toBe(true)
})

test.each(['hello', '{"body":"x"}'])('what is no request is refused: %s', (text) => {
  expect(() => readCaptured(Buffer.from(text))).toThrow(/captured request/)
})

test('an instance there is not is refused with those there are', async () => {
  await expect(configured('fax')).rejects.toThrow(/"fax".*plain, timed/)
})

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { decodeForm } from '../../lib/intake/decode.ts'
import { UndecodableError } from '../../lib/intake/errors.ts'
import { post } from '../support/http-request.ts'

function decoded(body: string | Buffer, contentType = 'application/json') {
  return decodeForm(post(body, { contentType }))
}

test('nested objects get dotted names, lists repeat the name', async () => {
  const body = {
    a: { b: '1', c: { d: '2' } },
    tags: ['x', 'y'],
    lines: [{ n: '1' }, { n: '2' }],
    empty: {},
    none: [],
  }
  expect(await decoded(JSON.stringify(body))).toMatchObject({
    fields: [
      ['a.b', '1'],
      ['a.c.d', '2'],
      ['tags', 'x'],
      ['tags', 'y'],
      ['lines.n', '1'],
      ['lines.n', '2'],
    ],
  })
})

test('numbers keep the digits they were written with', async () => {
  expect(await decoded('{"id":820982911946154508,"price":10.50,"big":1e400,"neg":-0}')).toMatchObject({
    fields: [
      ['id', '820982911946154508'],
      ['price', '10.50'],
      ['big', '1e400'],
      ['neg', '-0'],
    ],
  })
})

test('booleans are words, null is left out', async () => {
  expect(await decoded('{"yes":true,"no":false,"nothing":null}')).toMatchObject({
    fields: [
      ['yes', 'true'],
      ['no', 'false'],
    ],
  })
})

test('__proto__ and constructor are ordinary names', async () => {
  expect(await decoded('{"__proto__":{"polluted":"a"},"constructor":"b"}')).toMatchObject({
    fields: [
      ['__proto__.polluted', 'a'],
      ['constructor', 'b'],
    ],
  })
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test.each(['[{"a":1}]', '"text"', '1', 'null', 'true'])(
  '%s is no form and is kept as it came',
  async (body) => {
    expect(await decoded(body)).toEqual({
      undecoded: { contentType: 'application/json', contentBase64: Buffer.from(body).toString('base64') },
    })
  },
)

test('a body of zero bytes has no fields', async () => {
  expect(await decoded('')).toEqual({ fields: [], files: [] })
})

test.each(['{"a":', '{a:1}', '{"a":1}}', 'a=1', "{'a':1}"])('%s is undecodable', async (body) => {
  await expect(decoded(body)).rejects.toThrow(UndecodableError)
})

test('twenty levels are read, twenty-one are undecodable', async () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  expect(await decoded(nested(20))).toMatchObject({ fields: [[Array(20).fill('a').join('.'), '1']] })
  await expect(decoded(nested(21))).rejects.toThrow(/more than 20 levels/)
})

test('a megabyte of opening brackets is undecodable', async () => {
  await expect(decoded('['.repeat(1024 * 1024))).rejects.toThrow(UndecodableError)
})

test('brackets inside texts are no levels', async () => {
  const text = '\\"[{'.repeat(50)
  expect(await decoded(JSON.stringify({ text }))).toMatchObject({ fields: [['text', text]] })
})

test('a byte order mark is removed and another charset is read', async () => {
  expect(await decoded('\ufeff{"a":"é"}')).toMatchObject({ fields: [['a', 'é']] })
  const latin1 = Buffer.from('{"a":"é"}', 'latin1')
  expect(await decoded(latin1)).toMatchObject({ fields: [['a', 'é']] })
  expect(await decoded(latin1, 'application/json; charset=iso-8859-1')).toMatchObject({
    fields: [['a', 'é']],
  })
})

test('types that end in +json are JSON', async () => {
  expect(await decoded('{"a":"1"}', 'application/ld+json; charset=utf-8')).toMatchObject({
    fields: [['a', '1']],
  })
})

test('a Contact Form 7 lead keeps its diacritics and hyphenated names', async () => {
  const lead = await readFile(
    new URL('../fixtures/web-form/cf7-webhook-polish-b2b-lead.json', import.meta.url),
  )
  const form = await decoded(lead, 'application/json; charset=UTF-8')
  const sent = Object.keys(JSON.parse(lead.toString()))
  expect('fields' in form && [...new Set(form.fields.map(([name]) => name))]).toEqual(sent)
})

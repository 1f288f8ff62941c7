import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeForm } from '../../lib/intake/decode.ts'
import { UndecodableError } from '../../lib/intake/errors.ts'
import { captured, post } from '../support/http-request.ts'
import { propertyRuns } from '../support/property.ts'

const URLENCODED = 'application/x-www-form-urlencoded'

async function fieldsOf(body: string | Buffer, contentType = URLENCODED) {
  const form = await decodeForm(post(body, { contentType }))
  if ('undecoded' in form) throw new Error('was not decoded')
  return form.fields
}

test.each([
  [
    'a=1+2&b=1%2B2',
    [
      ['a', '1 2'],
      ['b', '1+2'],
    ],
  ],
  [
    'a=1&a=2&a[]=3',
    [
      ['a', '1'],
      ['a', '2'],
      ['a[]', '3'],
    ],
  ],
  [
    'a&b=&=c&=&&',
    [
      ['a', ''],
      ['b', ''],
      ['', 'c'],
    ],
  ],
  ['a=b=c', [['a', 'b=c']]],
  [
    'a=%zz%4&b=100%',
    [
      ['a', '%zz%4'],
      ['b', '100%'],
    ],
  ],
  ['n=%C5%81%F0%9F%98%80', [['n', 'Ł😀']]],
  ["n=O'Brien", [['n', "O'Brien"]]],
  ['', []],
])('%j is decoded to its entries', async (body, fields) => {
  expect(await fieldsOf(body)).toEqual(fields)
})

test('bytes that are not UTF-8 are read as windows-1252', async () => {
  expect(await fieldsOf('n=Ren%E9&euro=%80')).toEqual([
    ['n', 'René'],
    ['euro', '€'],
  ])
})

test('a field that is UTF-8 stays UTF-8 beside one that is not', async () => {
  expect(await fieldsOf('a=%C3%A9&b=%E9')).toEqual([
    ['a', 'é'],
    ['b', 'é'],
  ])
})

test('UTF-8 that is promised but not kept is read as windows-1252', async () => {
  expect(await fieldsOf('n=%E9', `${URLENCODED}; charset=utf-8`)).toEqual([['n', 'é']])
})

test('bytes that are not escaped at all are read in the charset of the form', async () => {
  expect(await fieldsOf(Buffer.from('n=é', 'latin1'))).toEqual([['n', 'é']])
})

test('the charset of the Content-Type counts', async () => {
  expect(await fieldsOf('n=%A3', `${URLENCODED}; charset="ISO-8859-2"`)).toEqual([['n', 'Ł']])
})

test('the _charset_ field counts when the Content-Type names no charset', async () => {
  expect(await fieldsOf('_charset_=windows-1250&n=%A3')).toEqual([
    ['_charset_', 'windows-1250'],
    ['n', 'Ł'],
  ])
})

test('an empty _charset_ field means UTF-8', async () => {
  expect(await fieldsOf('_charset_=&n=%C5%81')).toEqual([
    ['_charset_', ''],
    ['n', 'Ł'],
  ])
})

test.each([
  ['n=1', `${URLENCODED}; charset=klingon`],
  ['_charset_=klingon&n=1', URLENCODED],
])('an unknown charset is undecodable and named', async (body, contentType) => {
  const failure = fieldsOf(body, contentType)
  await expect(failure).rejects.toThrow(UndecodableError)
  await expect(failure).rejects.toThrow(/klingon/)
})

test('a byte order mark is removed', async () => {
  expect(await fieldsOf(Buffer.from('\ufeffname=Ann'))).toEqual([['name', 'Ann']])
})

test('__proto__ and constructor are ordinary names', async () => {
  const fields = await fieldsOf('__proto__=a&constructor=b&__proto__[polluted]=c')
  expect(fields).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['__proto__[polluted]', 'c'],
  ])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('a form with a body of zero bytes has no fields', async () => {
  expect(await decodeForm(await captured('web-form', 'form-multipart-empty-urlencoded.txt'))).toEqual({
    fields: [],
    files: [],
  })
})

test('an Elementor form with labels as names keeps its order', async () => {
  const fields = await fieldsOf(await fixture('elementor-simple-urlencoded.txt'))
  expect(fields).toContainEqual(['Email ', 'test@gmail.com'])
  expect(fields).toContainEqual(['Date', 'September 17, 2023'])
  expect(fields.map(([name]) => name)).toEqual([
    'form_id',
    'User Agent',
    'Page URL',
    'Phone',
    'form_name',
    'Name',
    'Message',
    'Email ',
    'Time',
    'Date',
    'Powered by',
    'Remote IP',
  ])
})

test('an Elementor form with brackets in its names keeps them', async () => {
  const fields = await fieldsOf(await fixture('elementor-advanced-urlencoded.txt'))
  expect(fields).toContainEqual(['form[name]', 'Checkout pré populado'])
  expect(fields).toContainEqual(['fields[phone][value]', '(85) 90000-0000'])
})

test('whatever a browser encodes comes back', async () => {
  const text = fc.string({ unit: 'binary' }).filter((value) => !value.startsWith('\ufeff'))
  const name = text.filter((value) => value !== '' && value !== '_charset_')
  const roundTrip = fc.asyncProperty(fc.array(fc.tuple(name, text), { maxLength: 20 }), async (entries) => {
    expect(await fieldsOf(new URLSearchParams(entries).toString())).toEqual(entries)
  })
  await fc.assert(roundTrip, propertyRuns())
})

function fixture(file: string): Promise<Buffer> {
  return readFile(new URL(`../fixtures/web-form/${file}`, import.meta.url))
}

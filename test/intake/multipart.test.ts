import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeForm } from '../../lib/intake/decode.ts'
import { UndecodableError } from '../../lib/intake/errors.ts'
import { BodyTooLargeError, MAX_FIELDS, MAX_FILES, MAX_VALUE_IN_BYTES } from '../../lib/intake/limits.ts'
import { captured, post } from '../support/http-request.ts'
import { propertyRuns } from '../support/property.ts'

const TYPE = 'multipart/form-data; boundary=xyz'
const SPECIALS = "; ' @ # $ ^ & ( ) - _ = + { } [ ] ` ~.txt"

async function decoded(body: string | Buffer, contentType = TYPE) {
  const form = await decodeForm(post(body, { contentType }))
  if ('undecoded' in form) throw new Error('was not decoded')
  return form
}

function part(disposition: string, content: string, ...headers: string[]): string {
  return [`--xyz`, `Content-Disposition: form-data; ${disposition}`, ...headers, '', content, ''].join('\r\n')
}

test.each([
  ['form-multipart-filename-specials-chrome13.txt', ` ? % * | " < > . ? ${SPECIALS}`, 'text/plain', 36],
  [
    'form-multipart-filename-specials-firefox36.txt',
    ` ? % * | " < > . &#9731; ${SPECIALS}`,
    'text/plain',
    36,
  ],
  [
    'form-multipart-filename-specials-ie7.txt',
    ` ? % * | " < > . &#9731; ${SPECIALS}`,
    'application/octet-stream',
    0,
  ],
])(
  '%s has one field and one file with its whole name',
  async (capture, filename, contentType, sizeInBytes) => {
    const form = await decodeForm(await captured('web-form', capture))
    expect(form).toMatchObject({
      fields: [['title', 'Weird filename']],
      files: [{ field: 'upload', filename, contentType, sizeInBytes }],
    })
  },
)

test.each([
  ['form-multipart-preamble.txt', 'I am a plain text file\r\n'],
  ['form-multipart-preamble-crlf.txt', 'I am a plain text file\n'],
  ['form-multipart-filename-before-name.txt', 'I am a plain text file\r\n'],
])('%s has one file', async (capture, content) => {
  const contentBase64 = Buffer.from(content).toString('base64')
  const file = { field: 'upload', filename: 'plain.txt', contentType: 'text/plain', contentBase64 }
  expect(await decodeForm(await captured('web-form', capture))).toEqual({
    fields: [],
    files: [{ ...file, sizeInBytes: content.length }],
  })
})

test('a body of zero bytes has no fields', async () => {
  const form = await decodeForm(await captured('web-form', 'form-multipart-empty-body.txt'))
  expect(form).toEqual({ fields: [], files: [] })
})

test('a body with the last boundary only has no fields', async () => {
  expect(await decoded('--xyz--\r\n')).toEqual({ fields: [], files: [] })
})

test('a boundary may be quoted', async () => {
  const body = `--a b\r\nContent-Disposition: form-data; name="n"\r\n\r\nAnn\r\n--a b--`
  const form = await decoded(body, 'Multipart/Form-Data; charset=utf-8; Boundary="a b"')
  expect(form.fields).toEqual([['n', 'Ann']])
})

test('a file input nobody used is no file', async () => {
  const empty = part('name="cv"; filename=""', '', 'Content-Type: application/octet-stream')
  expect(await decoded(`${empty}${part('name="n"', '')}--xyz--`)).toEqual({ fields: [['n', '']], files: [] })
})

test('content without a file name is still a file', async () => {
  const form = await decoded(`${part('name="cv"; filename=""', 'bytes')}--xyz--`)
  expect(form.files).toMatchObject([{ field: 'cv', filename: '', sizeInBytes: 5 }])
})

test.each([
  ['filename="C:\\Documents\\new\\cv.pdf"', 'cv.pdf'],
  ['filename="/home/ann/cv.pdf"', 'cv.pdf'],
  ['filename="../../etc/passwd"', 'passwd'],
  ['filename="say \\"hi\\".txt"', 'say "hi".txt'],
  ['filename="say %22hi%22 50%.txt"', 'say "hi" 50%.txt'],
  ['filename="cv.txt"; filename*=UTF-8\'\'%C5%81ukasz.txt', 'Łukasz.txt'],
  ['filename=cv.txt', 'cv.txt'],
  ['filename="résumé.txt"', 'résumé.txt'],
])('%s is the file %s', async (parameter, filename) => {
  const form = await decoded(`${part(`name="cv"; ${parameter}`, 'x')}--xyz--`)
  expect(form.files).toMatchObject([{ field: 'cv', filename }])
})

test('names and values that are not UTF-8 are read as windows-1252', async () => {
  const body = Buffer.from(`${part('name="prénom"', 'René')}--xyz--`, 'latin1')
  expect((await decoded(body)).fields).toEqual([['prénom', 'René']])
})

test('the charset of a part counts before the _charset_ field', async () => {
  const body = [
    part('name="_charset_"', 'iso-8859-2'),
    part('name="a"', '\xa3'),
    part('name="b"', '\xa3', 'Content-Type: text/plain; charset=iso-8859-1'),
    '--xyz--',
  ]
  const form = await decoded(Buffer.from(body.join(''), 'latin1'))
  expect(form.fields).toEqual([
    ['_charset_', 'iso-8859-2'],
    ['a', 'Ł'],
    ['b', '£'],
  ])
})

test('an unknown charset of a part is undecodable and named', async () => {
  const body = `${part('name="a"', 'x', 'Content-Type: text/plain; charset=klingon')}--xyz--`
  await expect(decoded(body)).rejects.toThrow(/klingon/)
})

test('large files and values come through whole, one after the other', async () => {
  const file = (letter: string) => part(`name="${letter}"; filename="${letter}"`, letter.repeat(300 * 1024))
  const value = 'v'.repeat(MAX_VALUE_IN_BYTES)
  const form = await decoded(`${file('a')}${part('name="n"', value)}${file('b')}--xyz--`)
  expect(form.fields).toEqual([['n', value]])
  expect(
    form.files.map(({ field, contentBase64 }) => [field, Buffer.from(contentBase64, 'base64').toString()]),
  ).toEqual([
    ['a', 'a'.repeat(300 * 1024)],
    ['b', 'b'.repeat(300 * 1024)],
  ])
})

test('line ends inside a value stay as they were sent', async () => {
  expect((await decoded(`${part('name="m"', 'a\r\nb\nc\u2028d\r\n')}--xyz--`)).fields).toEqual([
    ['m', 'a\r\nb\nc\u2028d\r\n'],
  ])
})

test('a part without a name keeps its value', async () => {
  expect((await decoded(`--xyz\r\nX-Odd: 1\r\n\r\nvalue\r\n--xyz--`)).fields).toEqual([['', 'value']])
})

test('a last boundary without its final dashes loses nothing', async () => {
  expect((await decoded(`${part('name="n"', 'Ann')}--xyz\r\n`)).fields).toEqual([['n', 'Ann']])
})

test.each([
  ['no boundary in the Content-Type', part('name="n"', 'Ann'), 'multipart/form-data', /boundary/],
  ['a boundary of 201 characters', '', `multipart/form-data; boundary=${'b'.repeat(201)}`, /200 characters/],
  [
    'a boundary the body does not contain',
    part('name="n"', 'Ann'),
    'multipart/form-data; boundary=other',
    /ends/,
  ],
  ['a body that ends inside a value', part('name="n"', 'Ann'), TYPE, /ends before/],
  ['a body that ends inside the headers', '--xyz\r\nContent-Dispo', TYPE, /ends before/],
  [
    'headers that never end',
    '--xyz\r\nContent-Disposition: form-data; name="n"\r\n--xyz--',
    TYPE,
    /end of its headers/,
  ],
  ['line feeds instead of CRLF', part('name="n"', 'Ann').replaceAll('\r', ''), TYPE, /ends before/],
])('%s is undecodable', async (_, body, contentType, rule) => {
  const failure = decoded(body, contentType)
  await expect(failure).rejects.toThrow(UndecodableError)
  await expect(failure).rejects.toThrow(rule)
})

test.each([
  ['fields', part('name="n"', '').repeat(MAX_FIELDS + 1), /number of form fields: 501 is more than the 500/],
  [
    'files',
    part('name="f"; filename="f"', '').repeat(MAX_FILES + 1),
    /number of files: 21 is more than the 20/,
  ],
  ['bytes in a value', part('name="n"', 'x'.repeat(MAX_VALUE_IN_BYTES + 1)), /length of a form field/],
  ['parts', part('name="n"', '').repeat(5_000), /number of multipart boundaries/],
  [
    'headers in a part',
    part('name="n"', '', ...Array.from({ length: 21 }, (_, n) => `X-${n}: 1`)),
    /number of headers/,
  ],
  [
    'bytes in the headers of a part',
    part('name="n"', '', `X: ${'x'.repeat(20_000)}`),
    /length of the headers/,
  ],
])('too many %s are refused with the limit named', async (_, body, limit) => {
  const failure = decoded(`${body}--xyz--`)
  await expect(failure).rejects.toThrow(BodyTooLargeError)
  await expect(failure).rejects.toThrow(limit)
})

test('whatever FormData encodes comes back', async () => {
  const text = fc.string({ unit: 'binary' }).filter((value) => !/^\ufeff|[\r\n]/.test(value))
  const name = text.filter((value) => value !== '_charset_' && !/%(22|0d|0a)/i.test(value))
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 })
  const entries = fc.array(fc.tuple(name, fc.oneof(text, bytes)), { minLength: 1, maxLength: 12 })
  const roundTrip = fc.asyncProperty(entries, async (sent) => {
    const data = new FormData()
    for (const [key, value] of sent) {
      if (typeof value === 'string') data.append(key, value)
      else data.append(key, new Blob([Buffer.from(value)]), 'file.bin')
    }
    const encoded = new Response(data)
    const contentType = encoded.headers.get('content-type') ?? ''
    const form = await decoded(Buffer.from(await encoded.arrayBuffer()), contentType)
    expect(form.fields).toEqual(sent.filter(([, value]) => typeof value === 'string'))
    expect(form.files.map(({ field, contentBase64 }) => [field, contentBase64])).toEqual(
      sent.flatMap(([key, value]) =>
        typeof value === 'string' ? [] : [[key, Buffer.from(value).toString('base64')]],
      ),
    )
  })
  await fc.assert(roundTrip, propertyRuns())
})

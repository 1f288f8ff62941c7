import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeForm } from '../../lib/intake/decode.ts'
import { UndecodableError } from '../../lib/intake/errors.ts'
import { BodyTooLargeError } from '../../lib/intake/limits.ts'
import { captured, post } from '../support/http-request.ts'
import { propertyRuns } from '../support/property.ts'

test.each(['text/plain', 'application/xml', 'application/octet-stream', ''])(
  'a body of type "%s" is kept as it came',
  async (contentType) => {
    const body = Buffer.from([0, 255, 1, 10])
    expect(await decodeForm(post(body, { contentType }))).toEqual({
      undecoded: { contentType, contentBase64: body.toString('base64') },
    })
  },
)

test('a request without a Content-Type is kept as it came', async () => {
  expect(await decodeForm(await captured('web-form', 'form-multipart-no-content-type.txt'))).toEqual({
    undecoded: { contentType: '', contentBase64: '' },
  })
})

test('more than 500 fields are refused in every encoding', async () => {
  const urlencoded = post('a=1&'.repeat(501), { contentType: 'application/x-www-form-urlencoded' })
  const json = post(JSON.stringify({ a: Array(501).fill('1') }), { contentType: 'application/json' })
  await expect(decodeForm(urlencoded)).rejects.toThrow(BodyTooLargeError)
  await expect(decodeForm(json)).rejects.toThrow(/501 is more than the 500 allowed/)
})

const pieces = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        '--xyz',
        '\r\n--xyz\r\n',
        '--xyz--',
        '\r\n',
        '\r\n\r\n',
        'Content-Disposition: form-data; name="a"',
      )
      .map((text) => Buffer.from(text)),
    fc
      .constantFrom(
        '; filename="',
        '"',
        '_charset_=',
        '&',
        '=',
        '%',
        '{',
        '[',
        '"a":',
        ',',
        '\ufeff',
        '1e5',
        '\\u0000',
      )
      .map((text) => Buffer.from(text)),
  ),
  { maxLength: 25 },
)

const types = fc.oneof(
  fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data; boundary=xyz',
    'multipart/form-data; boundary="xyz"; charset=utf-16',
    'multipart/form-data',
    'application/x-www-form-urlencoded; charset=shift_jis',
  ),
  fc.string({ unit: 'binary' }),
  fc.string().map((text) => `multipart/form-data; boundary=${text}`),
)

test('whatever the bytes and the type, a form is decoded, kept whole or refused with a reason', async () => {
  const never = fc.asyncProperty(pieces, types, async (parts, contentType) => {
    try {
      const form = await decodeForm(post(Buffer.concat(parts), { contentType }))
      expect(JSON.parse(JSON.stringify(form))).toEqual(form)
    } catch (error) {
      if (!(error instanceof UndecodableError || error instanceof BodyTooLargeError)) throw error
      expect(error.message).not.toBe('')
    }
  })
  await fc.assert(never, propertyRuns(500))
})

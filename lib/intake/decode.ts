import type { DecodedForm, UndecodedBody } from './decoded-form.ts'
import { type HeaderValue, parseHeaderValue } from './header-value.ts'
import { decodeJson } from './json.ts'
import { requireWithinLimits } from './limits.ts'
import type { HttpRequest } from './request.ts'
import { decodeUrlencoded } from './urlencoded.ts'

export { UndecodableError } from './errors.ts'

type Decoded = DecodedForm | undefined
type Decoder = (body: Buffer, contentType: HeaderValue) => Decoded | Promise<Decoded>

const decoders = new Map<string, Decoder>([
  ['application/x-www-form-urlencoded', decodeUrlencoded],
  ['multipart/form-data', async (...given) => (await import('./multipart.ts')).decodeMultipart(...given)],
  ['application/json', decodeJson],
  ['text/json', decodeJson],
])

/**
 * The fields and files of a posted form, by its Content-Type. A body of another type, or JSON that is not an object,
 * comes back whole as `undecoded`. Throws UndecodableError (400) for bytes that cannot be decoded and
 * BodyTooLargeError (413) for too many or too long fields.
 */
export async function decodeForm(request: HttpRequest): Promise<DecodedForm | UndecodedBody> {
  const header = request.headers['content-type'] ?? ''
  const contentType = parseHeaderValue(header)
  const form = await decoderOf(contentType.value)?.(request.body, contentType)
  if (form === undefined) {
    return { undecoded: { contentType: header, contentBase64: request.body.toString('base64') } }
  }
  requireWithinLimits(form)
  return form
}

function decoderOf(type: string): Decoder | undefined {
  return decoders.get(type) ?? (type.endsWith('+json') ? decodeJson : undefined)
}

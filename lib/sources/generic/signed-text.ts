import { crc32 } from 'node:zlib'
import { decodeJsonBody } from '../../intake/json-body.ts'
import { requireHeader } from '../signature.ts'
import { partsOf, type Scheme } from './scheme.ts'
import { pickText } from './selector.ts'

/** What a signature may be made of. */
export type Signable = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly timestamp: string
  readonly secret: string
}

/**
 * The bytes that are signed, in parts.
 * @throws SignatureError when a header is missing; UndecodableError when a field is wanted of a body that is no JSON
 */
export function signedText({ signed }: Scheme, from: Signable): (string | Buffer)[] {
  return partsOf(signed).map((part, index) => (index % 2 === 0 ? part : filledIn(part, from)))
}

function filledIn(name: string, from: Signable): string | Buffer {
  if (name.startsWith('header.'))
    return requireHeader(from.headers, name.slice('header.'.length).toLowerCase())
  if (name.startsWith('field.')) {
    const payload = decodeJsonBody(from)
    return pickText(name.slice('field.'.length), { headers: {}, payload }) ?? ''
  }
  if (name === 'crc32') return String(crc32(from.body))
  return from[name as 'body' | 'method' | 'url' | 'timestamp' | 'secret']
}

import { createHash } from 'node:crypto'
import { base32Lower } from '../values/text.ts'
import type { Identity, Verified } from './source.ts'

/** Carries the digest from `verify`, which sees the bytes, to `identify`, which does not. No sender's header has a `:`. */
const DIGEST_HEADER = ':body-digest'
const ID_CHARACTERS = 26

/** For `Verified.headers` of a vendor whose signature covers the body and none of the headers that name a delivery. */
export function bytesDigest(body: Uint8Array): { readonly [DIGEST_HEADER]: string } {
  return { [DIGEST_HEADER]: base32Lower(createHash('sha256').update(body).digest()).slice(0, ID_CHARACTERS) }
}

/** The same bytes are the same delivery, whatever the unsigned headers say. */
export function bytesIdentity({ headers }: Verified, subject: string | undefined): Identity {
  return { id: headers[DIGEST_HEADER] ?? '', aliases: [], ...(subject !== undefined && { subject }) }
}

import { createHash } from 'node:crypto'
import type { DecodedForm, UndecodedBody } from '../intake/decoded-form.ts'
import { base32Lower } from '../values/text.ts'
import type { Identity } from './source.ts'

const BUCKET_MS = 10 * 60_000
const ID_CHARACTERS = 26

/**
 * The identity of a submission. An id the client chose counts together with the content only, so that nobody can
 * shadow another's submission. Without one, the same content within ten minutes is the same submission: the id is
 * that of the running ten minutes, the alias that of the ten minutes before.
 */
export function submissionIdentity(
  contentHash: string,
  clientId: string | undefined,
  nowMs: number,
): Identity {
  if (clientId !== undefined) return { id: digest(['client', clientId, contentHash]), aliases: [] }
  const bucket = Math.floor(nowMs / BUCKET_MS)
  return {
    id: digest(['bucket', bucket, contentHash]),
    aliases: [digest(['bucket', bucket - 1, contentHash])],
  }
}

/**
 * The hash of what was sent, decoded: the raw bytes of a multipart form differ with each post of the same content.
 * Technical fields do not count, because some of them are new with each click.
 */
export function contentHash(
  body: DecodedForm | UndecodedBody,
  isTechnical: (name: string) => boolean,
): string {
  if ('undecoded' in body)
    return digest(['undecoded', body.undecoded.contentType, body.undecoded.contentBase64])
  const files = body.files.map((file) => [file.field, file.filename, file.contentType, file.contentBase64])
  return digest(['form', body.fields.filter(([name]) => !isTechnical(name)), files])
}

function digest(parts: readonly unknown[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest()
  return base32Lower(bytes).slice(0, ID_CHARACTERS)
}

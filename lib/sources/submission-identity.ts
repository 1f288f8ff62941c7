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
 * The identity of a delivery whose vendor knows it by an id.
 * @param delivery its id, or what tells it from others about the same submission
 * @param submissionId of what it is about, where the vendor may send more about it
 */
export function deliveryIdentity(delivery: unknown, submissionId?: string): Identity {
  const id = digest(['delivery', delivery])
  return { id, aliases: [], ...(submissionId !== undefined && { subject: subjectOf(submissionId) }) }
}

/** The identity of a delivery that nothing but its content is known by. */
export function sentIdentity(content: unknown, nowMs: number): Identity {
  return submissionIdentity(digest(['sent', content]), undefined, nowMs)
}

/** Readable where it can be a part of a key as it is. */
function subjectOf(submissionId: string): string {
  const isPlain = /^[\w.-]{1,80}$/.test(submissionId)
  return `submission:${isPlain ? submissionId : digest(['submission', submissionId])}`
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

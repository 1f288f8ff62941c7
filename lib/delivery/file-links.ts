import { timingSafeEqual } from 'node:crypto'
import type { Pipe } from './pipe.ts'

type Around = Pick<Pipe, 'config' | 'hash'>

/** A link that lets its holder download one file of one delivery until it expires. */
export type FileLink = { readonly eventId: string; readonly index: number; readonly expiresAt: number }

const DAY_MS = 24 * 60 * 60_000

/**
 * Links to the files of a delivery, by their place in it. They are good for as long as a payload is kept at least, and
 * always the same for the same delivery, so that a plan made again says the same.
 */
export function fileLinks(eventId: string, receivedAt: number, around: Around): (index: number) => string {
  const expiresAt = receivedAt + around.config.retention.payloadDays * DAY_MS
  const base = around.config.publicUrl.replace(/\/$/, '')
  return (index) => {
    const query = new URLSearchParams({
      expires: String(expiresAt),
      signature: signatureOf({ eventId, index, expiresAt }, around),
    })
    return `${base}/files/${encodeURIComponent(eventId)}/${index}?${query.toString()}`
  }
}

/** Whether we made this link; whether it has expired is another question. Compares in constant time. */
export function isOurLink(link: FileLink, signature: string, around: Around): boolean {
  const [given, expected] = [Buffer.from(signature), Buffer.from(signatureOf(link, around))]
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function signatureOf({ eventId, index, expiresAt }: FileLink, { hash }: Pick<Around, 'hash'>): string {
  return hash(JSON.stringify(['file', eventId, index, expiresAt]))
}

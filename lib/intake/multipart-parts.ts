import { Dicer } from '@fastify/busboy'
import { UndecodableError } from './errors.ts'
import {
  MAX_FIELDS,
  MAX_FILES,
  MAX_PART_HEADERS,
  MAX_PART_HEADERS_IN_BYTES,
  requireAtMost,
} from './limits.ts'

/** One part as sent: header names in lower case, header values one character per byte (Latin-1). */
export type RawPart = { readonly headers: ReadonlyMap<string, string>; readonly content: Buffer }

/**
 * Splits a multipart body at its boundary, in order. Uses busboy's splitter without busboy's own reading of the
 * headers, which stops at an unescaped quote in a file name and replaces the bytes of names that are not UTF-8.
 * Throws UndecodableError when a part is not complete, BodyTooLargeError for too many parts or part headers.
 */
export async function splitMultipart(body: Buffer, boundary: string): Promise<readonly RawPart[]> {
  const text = body.toString('latin1')
  requireAtMost(
    MAX_FIELDS + MAX_FILES + 1,
    text.split(`--${boundary}`).length - 1,
    'number of multipart boundaries',
  )
  const parts = await collectParts(closed(text, boundary), boundary)
  return parts.map(({ header, chunks }) => {
    if (header === undefined) throw new UndecodableError('body: a multipart part has no end of its headers')
    return { headers: headersOf(header), content: Buffer.concat(chunks) }
  })
}

/** Some senders leave out the `--` after the last boundary; the parts before it are complete all the same. */
function closed(text: string, boundary: string): Buffer {
  const end = text.trimEnd()
  return Buffer.from(end.endsWith(`--${boundary}`) ? `${end}--\r\n` : text, 'latin1')
}

type CollectedPart = { header: Record<string, string[]> | undefined; readonly chunks: Buffer[] }

function collectParts(body: Buffer, boundary: string): Promise<CollectedPart[]> {
  const { promise, resolve, reject } = Promise.withResolvers<CollectedPart[]>()
  const parts: Promise<CollectedPart>[] = []
  const splitter = new Dicer({ boundary, maxHeaderPairs: MAX_PART_HEADERS + 1 })
  splitter.on('part', (part) => parts.push(collect(part)))
  splitter.on('finish', () => resolve(Promise.all(parts)))
  splitter.on('error', (cause) => {
    reject(new UndecodableError('body: multipart data ends before its last part does', { cause }))
  })
  splitter.end(body)
  return promise
}

/** A part that breaks off is reported by the splitter itself, so its own error only ends the collecting. */
function collect(part: Dicer.PartStream): Promise<CollectedPart> {
  const { promise, resolve } = Promise.withResolvers<CollectedPart>()
  const collected: CollectedPart = { header: undefined, chunks: [] }
  part.on('header', (header) => {
    collected.header = header as Record<string, string[]>
  })
  part.on('data', (chunk: Buffer) => collected.chunks.push(chunk))
  part.on('end', () => resolve(collected))
  part.on('error', () => resolve(collected))
  return promise
}

function headersOf(header: Record<string, string[]>): Map<string, string> {
  const values = Object.values(header).flat()
  requireAtMost(MAX_PART_HEADERS, values.length, 'number of headers of a multipart part')
  requireAtMost(
    MAX_PART_HEADERS_IN_BYTES,
    values.join('').length,
    'length of the headers of a multipart part',
  )
  return new Map(Object.entries(header).map(([name, [first = '']]) => [name, first]))
}

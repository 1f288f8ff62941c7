import { textDecoder } from './charset.ts'
import type { DecodedForm, FormEntry, FormFile } from './decoded-form.ts'
import { UndecodableError } from './errors.ts'
import { type HeaderValue, parseHeaderValue } from './header-value.ts'
import { type RawPart, splitMultipart } from './multipart-parts.ts'
import { charsetField } from './urlencoded.ts'

/** The splitter cannot look for more than 256 bytes. RFC 2046 §5.1.1 allows a boundary 70. */
const MAX_BOUNDARY_CHARACTERS = 200

type Part = { readonly disposition: HeaderValue; readonly contentType: HeaderValue; readonly content: Buffer }

/**
 * Decodes `multipart/form-data` (RFC 7578). A part with a file name is a file, except an empty file input; every
 * other part is a field. A body of zero bytes has no fields. The charset of a text is that of its part, else of the
 * request, else of the `_charset_` field, else UTF-8.
 * Throws UndecodableError when the boundary is missing or unknown or the body ends before its last part does.
 */
export async function decodeMultipart(body: Buffer, contentType: HeaderValue): Promise<DecodedForm> {
  const boundary = boundaryOf(contentType)
  const parts = body.length === 0 ? [] : (await splitMultipart(body, boundary)).map(readHeaders)
  const ofForm = contentType.parameters.get('charset') ?? charsetField(parts.map(bytesOfEntry))
  return {
    fields: parts.filter((part) => !isFileInput(part)).map((part) => fieldOf(part, ofForm)),
    files: parts.filter(isFile).map((part) => fileOf(part, ofForm)),
  }
}

function boundaryOf(contentType: HeaderValue): string {
  const boundary = contentType.parameters.get('boundary') ?? ''
  if (boundary === '') throw new UndecodableError('Content-Type: multipart/form-data needs a boundary')
  if (boundary.length > MAX_BOUNDARY_CHARACTERS) {
    throw new UndecodableError(
      `Content-Type: the boundary is longer than ${MAX_BOUNDARY_CHARACTERS} characters`,
    )
  }
  return boundary
}

function readHeaders({ headers, content }: RawPart): Part {
  return {
    disposition: parseHeaderValue(headers.get('content-disposition') ?? ''),
    contentType: parseHeaderValue(headers.get('content-type') ?? ''),
    content,
  }
}

function bytesOfEntry(part: Part): readonly [Buffer, Buffer] {
  return [Buffer.from(part.disposition.parameters.get('name') ?? '', 'latin1'), part.content]
}

function isFileInput({ disposition: { parameters } }: Part): boolean {
  return parameters.has('filename') || parameters.has('filename*')
}

/** A file input nobody used is sent with an empty name and no content. */
function isFile(part: Part): boolean {
  return isFileInput(part) && (rawFilename(part) !== '' || part.content.length > 0)
}

function rawFilename({ disposition: { parameters } }: Part): string {
  return parameters.get('filename*') ?? parameters.get('filename') ?? ''
}

function fieldOf(part: Part, ofForm: string | undefined): FormEntry {
  const decode = textDecoder(part.contentType.parameters.get('charset') ?? ofForm)
  return [nameOf(part, ofForm), decode(part.content)]
}

function fileOf(part: Part, ofForm: string | undefined): FormFile {
  return {
    field: nameOf(part, ofForm),
    filename: baseName(filenameOf(part, ofForm)),
    contentType: part.contentType.value || 'application/octet-stream',
    sizeInBytes: part.content.length,
    contentBase64: part.content.toString('base64'),
  }
}

function nameOf(part: Part, ofForm: string | undefined): string {
  return headerText(part.disposition.parameters.get('name') ?? '', ofForm)
}

/** `filename*` (RFC 5987) is not allowed in forms, yet some HTTP libraries send it: `UTF-8''na%C3%AFve.txt`. */
function filenameOf(part: Part, ofForm: string | undefined): string {
  const extended = /^([^']*)'[^']*'(.*)$/s.exec(part.disposition.parameters.get('filename*') ?? '')
  if (extended === null) return headerText(part.disposition.parameters.get('filename') ?? '', ofForm)
  const bytes = (extended[2] ?? '').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => byteOf(hex))
  return textDecoder(extended[1])(Buffer.from(bytes, 'latin1'))
}

/** Browsers escape only the quote and line ends of a name (HTML Standard, multipart/form-data encoding). */
function headerText(bytes: string, label: string | undefined): string {
  const unescaped = bytes.replace(/%(22|0d|0a)/gi, (_, hex: string) => byteOf(hex))
  return textDecoder(label)(Buffer.from(unescaped, 'latin1'))
}

function byteOf(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}

/** Old Internet Explorer sends the whole path. */
function baseName(filename: string): string {
  return filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
}

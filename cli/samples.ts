import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import type { HttpRequest } from '../lib/intake/request.ts'
import type { Signing, Source } from '../lib/sources/source.ts'

export const FIXTURES = path.join(import.meta.dirname, '../test/fixtures')

const Sample = z.strictObject({
  /** In the folder of the source. `*.composed.json`: written from documentation, because no capture exists. */
  file: z.string(),
  /** Where it comes from and how it was obtained. */
  provenance: z.string(),
  /**
   * `body`: the file is the body. `envelope`: JSON `{ headers, body }`. `http`: a whole HTTP request. `wrapped`: the
   * vendor's API answer `{ order: … }`, whose only value is the body of a delivery.
   */
  wire: z.enum(['body', 'envelope', 'http', 'wrapped']).default('body'),
  /** Headers the sender adds; the signature is added by `sign`. */
  headers: z.record(z.string(), z.string()).default({}),
  options: z.record(z.string(), z.unknown()).default({}),
  /** The file that stands for what `enrich` would fetch. */
  fetched: z.string().optional(),
  becomes: z.enum(['event', 'ignored', 'parked', 'part']),
  /** Why it is ignored or parked, as the source says it; of which order a `part` is a part. */
  reason: z.string().optional(),
  /** What is between the parts and the vendor's total, and why: every other difference is a failure. */
  adjustment: z.strictObject({ amount: z.string(), cause: z.string() }).optional(),
})
export type Sample = z.infer<typeof Sample>

const Samples = z.strictObject({ samples: z.array(Sample) })

/** All samples of a source; an empty list for one that has none. */
export async function samplesOf(source: string): Promise<readonly Sample[]> {
  const text = await readFile(path.join(FIXTURES, source, 'samples.json'), 'utf8').catch(
    () => '{"samples":[]}',
  )
  return Samples.parse(JSON.parse(text)).samples
}

/** The request a sample makes, signed as its vendor signs. */
export async function requestOf(
  source: Source,
  sample: Sample,
  signing: Omit<Signing, 'headers'>,
): Promise<HttpRequest> {
  const { headers: own, body } = await read(source.name, sample)
  const headers = Object.fromEntries(
    Object.entries({ ...own, ...sample.headers }).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    method: 'POST',
    path: `/${source.kind}s/sample`,
    rawQuery: '',
    headers: { ...headers, ...source.sign(body, { ...signing, headers }) },
    body,
    sourceIp: '127.0.0.1',
  }
}

type Read = { readonly headers: Record<string, string>; readonly body: Buffer }

async function read(source: string, { file, wire }: Sample): Promise<Read> {
  const bytes = await readFile(path.join(FIXTURES, source, file))
  if (wire === 'http') return readHttp(bytes)
  if (wire === 'body') return { headers: { 'content-type': typeOf(file) }, body: bytes }
  if (wire === 'wrapped') return { headers: { 'content-type': 'application/json' }, body: unwrapped(bytes) }
  const { headers, body } = JSON.parse(bytes.toString('utf8')) as {
    headers: Record<string, string>
    body: unknown
  }
  const { 'content-length': _, ...rest } = headers
  return { headers: { 'content-type': 'application/json', ...rest }, body: Buffer.from(JSON.stringify(body)) }
}

function unwrapped(bytes: Buffer): Buffer {
  const [inner] = Object.values(JSON.parse(bytes.toString('utf8')) as Record<string, unknown>)
  return Buffer.from(JSON.stringify(inner))
}

function readHttp(bytes: Buffer): Read {
  const end = bytes.indexOf('\r\n\r\n')
  const [, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers = lines.map((line) => [line.split(':', 1).join(''), line.slice(line.indexOf(':') + 1).trim()])
  return { headers: Object.fromEntries(headers), body: bytes.subarray(end + 4) }
}

function typeOf(file: string): string {
  return file.endsWith('.xml') ? 'application/xml' : 'application/json'
}

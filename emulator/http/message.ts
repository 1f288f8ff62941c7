import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refusal, refuse } from '../refusal.ts'
import type { Reply } from './reply.ts'

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i
/** A path, or the whole address that a proxy is sent. */
const TARGET = /^(?:http:\/\/([^/?]*))?(\/[^?]*)(\?.*)?$/is

/** What a request asks for, as it was written. */
export type Target = {
  /** Where it was sent to, so that the links of the answer lead back there. */
  readonly origin: string
  readonly path: string
  /** With its question mark, or empty. */
  readonly search: string
}

/** @throws Refusal 400 when host or target cannot be read */
export function targetOf({ url = '', headers }: IncomingMessage): Target {
  const [, host = headers.host ?? '', path, search = ''] = TARGET.exec(url) ?? []
  if (path === undefined) throw refuse(400, 'BadUrlSyntax', `cannot read "${url}" as an address`)
  if (!HOST.test(host)) throw refuse(400, 'BadUrlSyntax', `"${host}" is not a host`)
  return { origin: `http://${host}`, path, search }
}

/** Ours: what Tomcat takes is a setting of the installation. */
const MAX_BODY_BYTES = 32 * 1024 * 1024
const UTF_8 = new TextDecoder()

/** The whole body as text. Rejects with a Refusal 413 when it is too large, or when it breaks off. */
export function bodyOf(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
      else reject(tooLarge())
    }
    if (Number(incoming.headers['content-length'] ?? 0) > MAX_BODY_BYTES) reject(tooLarge())
    else incoming.on('data', take).on('end', () => resolve(UTF_8.decode(Buffer.concat(chunks))))
    incoming.on('error', reject)
  })
}

/** Nobody waits for the rest of the body: the connection ends with the answer. */
function tooLarge(): Refusal {
  const diagnosis = {
    sdataCode: 'ApplicationDiagnosis',
    message: `the body is larger than ${MAX_BODY_BYTES} bytes`,
  } as const
  return new Refusal(413, [diagnosis], { connection: 'close' })
}

const WITHOUT_BODY: readonly number[] = [204, 304]

/** Sends an answer, unless the connection is gone. */
export function send(outgoing: ServerResponse, { status, headers, body }: Reply): void {
  if (outgoing.destroyed) return
  const length = WITHOUT_BODY.includes(status) ? {} : { 'content-length': Buffer.byteLength(body) }
  outgoing.writeHead(status, { ...headers, ...length }).end(body)
}

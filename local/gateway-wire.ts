import type http from 'node:http'
import type { Answer } from './gateway-answer.ts'

const DISCARD_FOR_MS = 500

/** undefined when it is longer than `limitInBytes`; the rest is not kept. Rejects when the sender breaks off. */
export async function readBody(
  request: http.IncomingMessage,
  limitInBytes: number,
): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limitInBytes) return undefined
  const chunks: Buffer[] = []
  let sizeInBytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeInBytes += chunk.length
    if (sizeInBytes > limitInBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Headers in the order and spelling of the sender, with duplicates. */
export function wireOf({ rawHeaders, httpVersion, socket }: http.IncomingMessage) {
  const headers = rawHeaders.flatMap((name, index, all) =>
    index % 2 === 0 ? [[name, all[index + 1] ?? ''] as const] : [],
  )
  return { headers, protocol: `HTTP/${httpVersion}`, sourceIp: socket.remoteAddress ?? '' }
}

/**
 * Sends the answer once it is there; `isLast` says whether the connection ends with it, as a connection kept alive would
 * hold up the closing of the server. A sender that broke off gets no answer.
 */
export async function respond(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  answering: Promise<Answer>,
  isLast: () => boolean,
): Promise<void> {
  const answer = await answering.catch(() => undefined)
  if (answer === undefined) {
    response.destroy()
    return
  }
  if (!request.complete) discardRest(request)
  if (isLast()) response.setHeader('connection', 'close')
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
  response.writeHead(answer.status).end(answer.body)
}

/** Ending the connection at once would take the answer away from a client that is still sending. */
function discardRest(request: http.IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), DISCARD_FOR_MS)
  timer.unref()
  request.once('close', () => clearTimeout(timer))
  request.resume()
}

import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type Behaviour = (request: http.IncomingMessage, response: http.ServerResponse) => void

export type MisbehavingServer = {
  readonly baseUrl: string
  /** Method and path of every request that arrived. */
  readonly requests: readonly string[]
  /** The body of every request that was answered. */
  readonly bodies: readonly string[]
  readonly connections: () => number
}

/** A server that does to each request what the test says, in turn; the last behaviour stays. */
export async function misbehavingServer(...behaviours: Behaviour[]): Promise<MisbehavingServer> {
  const requests: string[] = []
  const bodies: string[] = []
  const sockets = new Set<Socket>()
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const behave = behaviours[Math.min(requests.length, behaviours.length) - 1]
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString())
      behave?.(request, response)
    })
  })
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/sdata/crmj/sagecrm2/-`,
    requests,
    bodies,
    connections: () => sockets.size,
  }
}

/** Answers with a status, headers and a body. */
export function answers(status: number, body: unknown = '', headers: Record<string, string> = {}): Behaviour {
  return (_, response) => {
    const isText = typeof body === 'string'
    response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers })
    response.end(isText ? body : JSON.stringify(body))
  }
}

/** Closes the connection without an answer. */
export const resets: Behaviour = (request) => {
  request.socket.resetAndDestroy()
}

/** Never answers. */
export const hangs: Behaviour = () => undefined

/** Begins an answer and breaks off. */
export const breaksOff: Behaviour = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
  response.write('{"$key":')
  setImmediate(() => request.socket.destroy())
}

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  STATUS_CODES,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { type Refusal, refuse } from '../refusal.ts'
import { diagnosesJson } from './respond.ts'

const STATUS_OF: Readonly<Record<string, Refusal['status']>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** An HTTP server that answers with diagnoses too what never becomes a request: a broken request line, header or host. */
export function serverOf(listener: RequestListener): Server {
  const server = createServer({ requireHostHeader: false }, listener)
  server.on('checkExpectation', listener)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    end(socket, refuse(STATUS_OF[error.code ?? ''] ?? 400, 'BadUrlSyntax', `not HTTP: ${error.message}`))
  })
  server.on('connect', (_request: IncomingMessage, socket) => {
    end(socket, refuse(405, 'ApplicationDiagnosis', 'CONNECT is not possible here'))
  })
  return server
}

/** The last answer on a connection that Node gives no response object for. */
function end(socket: Duplex, { status, diagnoses }: Refusal): void {
  socket.on('error', () => socket.destroy())
  if (!socket.writable) return
  const body = diagnosesJson(diagnoses)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  socket.end(head + body)
}

import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'

/**
 * One kept-alive HTTP/1.1 connection that sends prepared requests, one at a time. It does no more than find the end of
 * an answer, so that what is measured is the server and not the one who asks.
 */
export class Connection {
  readonly #socket: Socket
  #received = ''
  #answered: ((answer: Answer) => void) | undefined
  #failed: ((error: Error) => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.setNoDelay(true)
    socket.on('data', (text) => this.#take(String(text)))
    socket.on('error', (error) => this.#failed?.(error))
    socket.on('close', () => this.#failed?.(new Error('the server closed the connection')))
  }

  static async open(origin: string): Promise<Connection> {
    const { hostname, port } = new URL(origin)
    const socket = createConnection(Number(port), hostname)
    await once(socket, 'connect')
    return new Connection(socket)
  }

  /** @param request as `requestText` makes it */
  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve
      this.#failed = reject
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#failed = undefined
    this.#socket.destroy()
  }

  #take(text: string): void {
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = /content-length: (\d+)/i.exec(this.#received.slice(0, end))?.[1]
    if (length === undefined) {
      this.#failed?.(new Error('the answer does not say how long it is'))
    } else if (this.#received.length >= end + 4 + Number(length)) {
      const answer = { status: Number(this.#received.slice(9, 12)), body: this.#received.slice(end + 4) }
      this.#received = ''
      this.#answered?.(answer)
    }
  }
}

export type Answer = { readonly status: number; readonly body: string }

/** A whole request. `path` begins with a slash. */
export function requestText(method: 'GET' | 'POST', path: string, authorization: string, body = ''): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${authorization}\r\naccept: application/json\r\n`
  if (method === 'GET') return `${head}\r\n`
  return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

type Asked = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** `body`: text as it stands, anything else as JSON. */
export type StandInAnswer = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** `reset` closes the connection without an answer, `hang` never answers. */
type Behaviour = (asked: Asked) => StandInAnswer | 'reset' | 'hang'

/** A small HTTP server in place of a vendor's API; `asked` is every request it saw. It ends with the test. */
export async function vendorStandIn(
  behave: Behaviour,
): Promise<{ baseUrl: string; asked: readonly Asked[] }> {
  const asked: Asked[] = []
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    const body = Buffer.concat(await Array.fromAsync(request)).toString()
    const method = request.method ?? ''
    const one = { method, path: url.pathname, query: url.searchParams, headers: request.headers, body }
    asked.push(one)
    const answer = behave(one)
    if (answer === 'reset') request.socket.resetAndDestroy()
    else if (answer !== 'hang') reply(response, answer)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

function reply(
  response: http.ServerResponse,
  { status = 200, headers = {}, body = '' }: StandInAnswer,
): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
  response.end(isText ? body : JSON.stringify(body))
}

import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { http, https, tls } from '../values/node-http.ts'
import { CrmAmbiguousError, CrmCredentialsError, CrmUnreachableError } from './errors.ts'
import type { CrmRequest, CrmResponse, Send } from './request.ts'
import { queryString } from './url.ts'

export type TransportOptions = {
  readonly base: URL
  /** The request is aborted after this long, wherever it is. */
  readonly requestTimeoutMs: number
  /** Certificates of a CA to trust besides the well-known ones, in PEM. */
  readonly ca?: string
}

export type Transport = { readonly send: Send; close(): void }

/** Below Tomcat's keep-alive of 20 s and any proxy's, so that no request is sent on a connection about to be closed. */
const IDLE_SOCKET_MS = 4_000
const MAX_ANSWER_IN_BYTES = 32 * 1024 * 1024

/**
 * Requests over keep-alive `node:http`/`node:https` (the built-in `fetch` takes longer to load than everything else).
 * Redirects are answers like any other; nothing but the configured origin is ever asked.
 */
export function createTransport(options: TransportOptions): Transport {
  const { protocol } = options.base
  const agentOptions = {
    keepAlive: true,
    timeout: IDLE_SOCKET_MS,
    ...(options.ca !== undefined && { ca: [...tls.rootCertificates, options.ca] }),
  }
  const agent = protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions)
  const once = (request: CrmRequest) => exchange(request, agent, options)
  return { send: (request) => sendSafely(request, once), close: () => agent.destroy() }
}

/** A read that dies on a connection the server has just closed is repeated once; a write never is. */
async function sendSafely(request: CrmRequest, once: Send): Promise<CrmResponse> {
  try {
    return await once(request)
  } catch (error) {
    if (request.method === 'GET' && error instanceof StaleSocketError) return once(request)
    throw error
  }
}

class StaleSocketError extends CrmAmbiguousError {}

function exchange(request: CrmRequest, agent: Agent, options: TransportOptions): Promise<CrmResponse> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body)
  if (request.mayBegin?.() === false)
    return Promise.reject(new CrmUnreachableError('not sent: the time for sending ran out'))
  return new Promise((resolve, reject) => {
    const call = open(request, body, agent, options)
    const timer = setTimeout(() => call.destroy(new TimeoutError()), options.requestTimeoutMs)
    const finish =
      <T>(settle: (value: T) => void) =>
      (value: T) => {
        clearTimeout(timer)
        settle(value)
      }
    const established = options.base.protocol === 'https:' ? 'secureConnect' : 'connect'
    let connected = false
    call.on('socket', (socket) => {
      if (call.reusedSocket) connected = true
      else
        socket.once(established, () => {
          connected = true
        })
    })
    call.on('error', (cause: NodeJS.ErrnoException) =>
      finish(reject)(failure(cause, connected, call.reusedSocket)),
    )
    call.on('response', (response) => read(response, call).then(finish(resolve), finish(reject)))
    call.end(body)
  })
}

function open(request: CrmRequest, body: string | undefined, agent: Agent, { base }: TransportOptions) {
  const { request: start } = base.protocol === 'https:' ? https : http
  return start({
    agent,
    host: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port,
    method: request.method,
    path: `${folderOf(request, base)}/${request.path}${queryString(request.query ?? {})}`,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && {
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(body)),
      }),
      ...request.headers,
    },
  })
}

/** Services stand beside the dataset `-` and not in it. */
function folderOf({ path }: CrmRequest, { pathname }: URL): string {
  return path.startsWith('$service/') ? pathname.replace(/\/-$/, '') : pathname
}

/** Listens instead of iterating: an iterator over each answer took longer than all else that reads it. */
function read(response: IncomingMessage, call: ClientRequest): Promise<CrmResponse> {
  const chunks: Buffer[] = []
  let sizeInBytes = 0
  return new Promise((resolve, reject) => {
    const giveUp = (why: string, cause?: Error) => {
      call.destroy()
      reject(new CrmAmbiguousError(why, { cause }))
    }
    const breakOff = (cause?: Error) => giveUp('the answer broke off', cause)
    response.on('data', (chunk: Buffer) => {
      sizeInBytes += chunk.length
      if (sizeInBytes > MAX_ANSWER_IN_BYTES) giveUp(`the answer is larger than ${MAX_ANSWER_IN_BYTES} bytes`)
      else chunks.push(chunk)
    })
    response.on('error', breakOff)
    response.on('close', () => {
      if (response.complete) resolve(answerOf(response, chunks))
      else breakOff()
    })
  })
}

function answerOf(response: IncomingMessage, chunks: readonly Buffer[]): CrmResponse {
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    text: Buffer.concat(chunks).toString(),
  }
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

/** OpenSSL's and Node's names for "I do not trust this certificate". https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE = /CERT|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/

function failure(cause: NodeJS.ErrnoException, connected: boolean, reused: boolean): Error {
  const code = cause.code ?? cause.name
  if (CERTIFICATE.test(code))
    return new CrmCredentialsError(`the CRM's certificate is not trusted (${code})`, { cause })
  if (!connected) return new CrmUnreachableError(`the CRM cannot be reached (${code})`, { cause })
  if (reused && (code === 'ECONNRESET' || code === 'EPIPE'))
    return new StaleSocketError('the connection was closed', { cause })
  return new CrmAmbiguousError(`no answer from the CRM (${code})`, { cause })
}

import type { HttpRequest } from '../lib/intake/request.ts'

/**
 * A request somebody has saved: an HTTP message (`POST /forms/shop HTTP/1.1`, headers, an empty line, the body), an API
 * Gateway event, or JSON with `headers` and `body`.
 * @throws Error when it is neither
 */
export function readCaptured(bytes: Buffer): HttpRequest {
  const start = bytes.toString('latin1', 0, 1)
  return start === '{' ? fromJson(JSON.parse(bytes.toString('utf8'))) : fromMessage(bytes)
}

type Saved = {
  readonly method?: string
  readonly path?: string
  readonly rawPath?: string
  readonly rawQueryString?: string
  readonly requestContext?: { readonly http?: { readonly method?: string } }
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly isBase64Encoded?: boolean
}

function fromJson(saved: Saved): HttpRequest {
  const { headers, body = '', isBase64Encoded = false } = saved
  if (headers === undefined) throw new Error('captured request: JSON needs `headers` and `body`')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    method: saved.method ?? saved.requestContext?.http?.method ?? 'POST',
    path: saved.rawPath ?? saved.path ?? '/',
    rawQuery: saved.rawQueryString ?? '',
    headers: lowerCased(Object.entries(headers)),
    body: Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8'),
    sourceIp: '127.0.0.1',
  }
}

function fromMessage(bytes: Buffer): HttpRequest {
  const text = bytes.toString('latin1')
  const gap = /\r?\n\r?\n/.exec(text)
  const head = text.slice(0, gap?.index ?? text.length)
  const [requestLine = '', ...lines] = head.split(/\r?\n/)
  const [, method, target] = /^([A-Z]+) (\S+)/.exec(requestLine) ?? []
  if (method === undefined || target === undefined)
    throw new Error('captured request: the first line must be like "POST /forms/contact HTTP/1.1"')
  const [path = '/', rawQuery = ''] = target.replace(/^https?:\/\/[^/]+/, '').split('?', 2)
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
  })
  const body = gap === null ? Buffer.alloc(0) : bytes.subarray(gap.index + gap[0].length)
  return { method, path, rawQuery, headers: lowerCased(headers), body, sourceIp: '127.0.0.1' }
}

function lowerCased(headers: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
}

import { readFile } from 'node:fs/promises'
import type { HttpRequest } from '../../lib/intake/request.ts'

type Parts = { contentType?: string; headers?: Record<string, string>; method?: string; path?: string }

/** A POST to a form's URL with this body. */
export function post(body: string | Buffer, { contentType, headers, method, path }: Parts = {}): HttpRequest {
  return {
    method: method ?? 'POST',
    path: path ?? '/forms/contact',
    rawQuery: '',
    headers: { ...(contentType !== undefined && { 'content-type': contentType }), ...headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
    sourceIp: '192.0.2.7',
  }
}

/** The request in a captured HTTP message: headers, an empty line, the body. */
export async function captured(topic: string, file: string): Promise<HttpRequest> {
  const bytes = await readFile(new URL(`../fixtures/${topic}/${file}`, import.meta.url))
  const end = bytes.indexOf('\r\n\r\n')
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).split('\r\n')
  const [method = '', path = ''] = requestLine.split(' ')
  const headers = Object.fromEntries(lines.filter(Boolean).map(headerOf))
  return post(end < 0 ? Buffer.alloc(0) : bytes.subarray(end + 4), { method, path, headers })
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

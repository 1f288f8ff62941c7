import { onTestFinished } from 'vitest'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/server.ts'

export type Json = Readonly<Record<string, unknown>>
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Json
}

export type TestCrm = {
  readonly emulator: Emulator
  /** A request below the base address, as admin unless told otherwise. */
  request(method: string, path: string, body?: unknown, authorization?: string): Promise<Answer>
  get(path: string): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  /** The records a `where` finds. */
  find(resource: string, where: string, more?: string): Promise<readonly Json[]>
  /** Creates a record that must be accepted. Returns its id. */
  create(resource: string, body: unknown): Promise<number>
  control(method: string, path: string, body?: unknown): Promise<Answer>
}

export const ADMIN = basic('admin', 'admin')

export function basic(logon: string, password: string): string {
  return `Basic ${Buffer.from(`${logon}:${password}`).toString('base64')}`
}

/** An emulator of its own for one test, and how to talk to it. */
export async function startCrm(options: EmulatorOptions = {}): Promise<TestCrm> {
  const emulator = await startEmulator(options)
  onTestFinished(() => emulator.close())
  return talkTo(emulator)
}

export function talkTo(emulator: Emulator): TestCrm {
  const request: TestCrm['request'] = (method, path, body, authorization = ADMIN) =>
    send(`${emulator.baseUrl}/${path}`, method, body, authorization === '' ? {} : { authorization })
  const find: TestCrm['find'] = async (resource, where, more = '') => {
    const { status, text, body } = await request(
      'GET',
      `${resource}?where=${encodeURIComponent(where)}${more}`,
    )
    if (status !== 200) throw new Error(`${resource}: ${status} ${text}`)
    return body['$resources'] as readonly Json[]
  }
  const create: TestCrm['create'] = async (resource, fields) => {
    const { status, text, body } = await request('POST', resource, fields)
    if (status !== 201) throw new Error(`${resource}: ${status} ${text}`)
    return Number(body['$key'])
  }
  return {
    emulator,
    request,
    get: (path) => request('GET', path),
    post: (path, body) => request('POST', path, body),
    find,
    create,
    control: (method, path, body) => send(`${emulator.controlUrl}/${path}`, method, body, {}),
  }
}

async function send(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return {}
  }
}

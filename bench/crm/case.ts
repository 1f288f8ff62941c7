import { HEADERS } from '../process.ts'

/** A case as a web form makes one. */
export const CASE = {
  Case_Description: 'The printer on the second floor does not print',
  Case_CustomerRef: 'sfmfrggzdfmztwq2lknnwg23tp',
  Case_Source: 'Web',
  Case_Priority: 'High',
  Case_ProblemNote: 'It makes a noise and then nothing comes out. '.repeat(6),
} as const

export type Json = Readonly<Record<string, unknown>>

/** A case by plain `fetch`, as the emulator answers it. */
export async function createCase(baseUrl: string, more: Json = {}): Promise<Json> {
  const request = { method: 'POST', headers: HEADERS, body: JSON.stringify({ ...CASE, ...more }) }
  return okJson(await fetch(`${baseUrl}/Cases`, request))
}

export async function readJson(url: string): Promise<Json> {
  return okJson(await fetch(url, { headers: HEADERS }))
}

async function okJson(response: Response): Promise<Json> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Json
}

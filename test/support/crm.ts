import { vi } from 'vitest'
import type { Emulator } from '../../emulator/server.ts'
import { TEST_USER } from './pipe.ts'

const AUTHORIZATION = `Basic ${Buffer.from(`${TEST_USER.logon}:${TEST_USER.password}`).toString('base64')}`

export type CrmRecord = Readonly<Record<string, unknown>>

/** Reads from the emulator by plain HTTP, past our own client. */
export async function readCrm(emulator: Pick<Emulator, 'baseUrl'>, path: string): Promise<CrmRecord> {
  const response = await fetch(`${emulator.baseUrl}/${path}`, { headers: { authorization: AUTHORIZATION } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as CrmRecord
}

/** All records of an entity (up to 1000). */
export async function allOf(
  emulator: Pick<Emulator, 'baseUrl'>,
  entity: string,
): Promise<readonly CrmRecord[]> {
  const feed = await readCrm(emulator, `${entity}?count=1000`)
  return feed['$resources'] as readonly CrmRecord[]
}

/** Lets the next matching request fail as told. */
export async function breakCrm(emulator: Pick<Emulator, 'controlUrl'>, fault: CrmRecord): Promise<void> {
  const response = await fetch(`${emulator.controlUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  })
  if (!response.ok) throw new Error(`fault refused: ${response.status} ${await response.text()}`)
}

type Stats = {
  readonly requests: number
  readonly concurrency: number
  readonly concurrencyHighWater: number
  readonly byMethodAndResource: Readonly<Record<string, number>>
}

/** What the emulator has counted. */
export async function statsOf({ controlUrl }: Pick<Emulator, 'controlUrl'>): Promise<Stats> {
  return (await (await fetch(`${controlUrl}/stats`)).json()) as Stats
}

/** How many requests the emulator has had. */
export async function requestsTo(emulator: Pick<Emulator, 'controlUrl'>): Promise<number> {
  return (await statsOf(emulator)).requests
}

/** Resolves when the emulator works on nothing any more, late commits included. */
export async function untilIdle(emulator: Pick<Emulator, 'controlUrl'>): Promise<void> {
  await vi.waitUntil(async () => (await statsOf(emulator)).concurrency === 0)
}

/** A person changes a record in the CRM, past our own client. */
export async function changeCrm(
  emulator: Pick<Emulator, 'baseUrl'>,
  path: string,
  fields: CrmRecord,
): Promise<void> {
  const headers = { authorization: AUTHORIZATION, 'content-type': 'application/json' }
  const body = JSON.stringify(fields)
  const response = await fetch(`${emulator.baseUrl}/${path}`, { method: 'PATCH', headers, body })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
}

/** A person deletes a record in the CRM. */
export async function deleteFromCrm(emulator: Pick<Emulator, 'baseUrl'>, path: string): Promise<void> {
  const headers = { authorization: AUTHORIZATION }
  const response = await fetch(`${emulator.baseUrl}/${path}`, { method: 'DELETE', headers })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
}

/** A person makes a record in the CRM. Returns its id. */
export async function addToCrm(
  emulator: Pick<Emulator, 'baseUrl'>,
  entity: string,
  fields: CrmRecord,
): Promise<string> {
  const headers = { authorization: AUTHORIZATION, 'content-type': 'application/json' }
  const body = JSON.stringify(fields)
  const response = await fetch(`${emulator.baseUrl}/${entity}`, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`${entity}: ${response.status} ${await response.text()}`)
  return String(((await response.json()) as CrmRecord)['$key'])
}

/** Nothing goes wrong any more. */
export async function mendCrm({ controlUrl }: Pick<Emulator, 'controlUrl'>): Promise<void> {
  await fetch(`${controlUrl}/faults`, { method: 'DELETE' })
}

/** What the user of the tests may see and change. */
export async function limitUser(
  { controlUrl }: Pick<Emulator, 'controlUrl'>,
  access: { readonly hidden: readonly string[] },
): Promise<void> {
  const response = await fetch(`${controlUrl}/users/${TEST_USER.logon}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ access }),
  })
  if (!response.ok) throw new Error(`access refused: ${response.status} ${await response.text()}`)
}

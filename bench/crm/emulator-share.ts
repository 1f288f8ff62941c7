import { type Figure, figure } from '../figure.ts'
import { HEADERS, startProcess } from '../process.ts'
import { type Round, ratios, roundOf } from '../rounds.ts'
import { CASE, createCase, type Json, readJson } from './case.ts'
import { type Answer, Connection, requestText } from './connection.ts'

const CONNECTIONS = 16
const REQUESTS = 1600
const CASES = 50

/**
 * How many requests the emulator answers for each one that hono alone answers, on the same adapter, with the same record.
 * The driver is the plainest there is: with a slower one, both would wait for it and look alike.
 */
export async function emulatorShare(baseUrl: string): Promise<Figure[]> {
  const alone = await Promise.all(Array.from({ length: CASES }, () => createCase(baseUrl)))
  const linked = await createCase(baseUrl, { Case_PrimaryCompanyId: 43, Case_PrimaryPersonId: 158 })
  const { pathname, origin } = new URL(baseUrl)
  const read = (key: unknown) => requestText('GET', `${pathname}/Cases('${key}')`, HEADERS.authorization)
  const create = requestText('POST', `${pathname}/Cases`, HEADERS.authorization, JSON.stringify(CASE))
  const entry = (of: Json | undefined) => readJson(`${baseUrl}/Cases('${of?.['$key']}')`)
  const compare = async (what: string, requests: readonly string[], record: Json, atLeast?: number) => {
    const target = atLeast === undefined ? undefined : { atLeast }
    return figure(what, 'ratio', await shares(origin, requests, record), target)
  }
  const keys = alone.map((one) => read(one['$key']))
  return [
    await compare('emulator : bare hono, entry read', keys, await entry(alone[0]), 0.7),
    await compare('the same with company and person', [read(linked['$key'])], await entry(linked)),
    await compare('emulator : bare hono, create', [create], alone[0] ?? {}, 0.5),
  ]
}

async function shares(origin: string, requests: readonly string[], record: Json): Promise<number[]> {
  const bare = await startProcess('bench/crm/bare-main.ts', [JSON.stringify(record)])
  const [ours, theirs] = await Promise.all([open(origin), open(String(bare.message['origin']))])
  try {
    return await ratios(roundOn(theirs, requests), roundOn(ours, requests))
  } finally {
    for (const connection of [...ours, ...theirs]) connection.close()
    await bare.close()
  }
}

function open(origin: string): Promise<Connection[]> {
  return Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(origin)))
}

function roundOn(connections: readonly Connection[], requests: readonly string[]): Round {
  const free = [...connections]
  return roundOf(REQUESTS, connections.length, async (index) => {
    const connection = free.pop()
    if (connection === undefined) throw new Error('no connection is free')
    refuseFailure(await connection.send(requests[index % requests.length] ?? ''))
    free.push(connection)
  })
}

function refuseFailure({ status, body }: Answer): void {
  if (status < 200 || status > 299) throw new Error(`${status}: ${body}`)
}

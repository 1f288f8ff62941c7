import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Accounts, type User } from './accounts.ts'
import { seedDemo } from './database/demo.ts'
import { openDatabase, registerUsers } from './database/open.ts'
import { type DialectName, dialects } from './dialects.ts'
import { sleepUntil } from './faults/apply.ts'
import { Faults } from './faults/faults.ts'
import { createApp } from './http/app.ts'
import type { Crm } from './records/crm.ts'
import { instant } from './records/values.ts'
import { Stats } from './stats.ts'

export type EmulatorOptions = {
  /** 0, the default, takes any free port. */
  port?: number
  host?: string
  /** The SQLite file that keeps the records; `:memory:` unless told otherwise. */
  dataFile?: string
  /** As chosen in Sage CRM's setup wizard; `crm` makes the address `/sdata/crmj/…`. */
  installName?: string
  users?: readonly User[]
  /** No request is worked on for longer than this: what would take longer is reset. */
  longestRequestMs?: number
  dialect?: DialectName
  /** Begin with a demo company and its person. */
  seed?: boolean
}

export type Emulator = {
  readonly origin: string
  readonly port: number
  /** `${origin}/sdata/crmj/sagecrm2/-` */
  readonly baseUrl: string
  /** Breaks off what is under way and closes the database. */
  close(): Promise<void>
}

const DEFAULT_USERS: readonly User[] = [{ logon: 'admin', password: 'admin' }]
const DEFAULT_LONGEST_REQUEST_MS = 2000

/**
 * Starts an emulated Sage CRM and resolves when it listens.
 * @throws the `listen` error of node:net (EADDRINUSE, EACCES), or SQLite's when the data file cannot be opened
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const {
    port = 0,
    host = '127.0.0.1',
    installName = 'crm',
    longestRequestMs = DEFAULT_LONGEST_REQUEST_MS,
  } = options
  const { crm, accounts } = openCrm(options)
  const closing = new AbortController()
  const app = createApp({
    crm,
    accounts,
    installName,
    longestRequestMs,
    sleep: sleepUntil(closing.signal),
    faults: new Faults(longestRequestMs),
    stats: new Stats(),
  })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  try {
    await listen(server, port, host)
  } catch (error) {
    crm.database.close()
    throw error
  }
  return { ...addressOf(server, host, installName), close: closer(server, crm, closing) }
}

function openCrm({
  dataFile = ':memory:',
  users = DEFAULT_USERS,
  dialect = '2022R2',
  seed = false,
}: EmulatorOptions) {
  const now = () => new Date()
  const database = openDatabase(dataFile, instant(now()))
  const crm: Crm = { database, dialect: dialects[dialect], now }
  const registered = registerUsers(database, users, instant(now()))
  const [first] = registered
  if (seed && first !== undefined) seedDemo(crm, first.userId)
  return { crm, accounts: new Accounts(registered) }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

function addressOf(server: Server, host: string, installName: string) {
  const { port } = server.address() as AddressInfo
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return { origin, port, baseUrl: `${origin}/sdata/${installName}j/sagecrm2/-` }
}

/** Closing twice is closing once. */
function closer(server: Server, { database }: Crm, closing: AbortController): () => Promise<void> {
  let closed: Promise<void> | undefined
  const close = async () => {
    closing.abort()
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
    database.close()
  }
  return () => {
    closed ??= close()
    return closed
  }
}

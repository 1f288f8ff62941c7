import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Accounts, type User } from './accounts.ts'
import { seedCompanies } from './database/company-base.ts'
import { seedDemo } from './database/demo.ts'
import { openDatabase, registerUsers } from './database/open.ts'
import { createUniqueIndexes } from './database/unique.ts'
import { type DialectName, dialects } from './dialects.ts'
import { sleepUntil } from './faults/apply.ts'
import { controlRoutes } from './faults/control.ts'
import { Faults } from './faults/faults.ts'
import { createApp } from './http/app.ts'
import { serverOf } from './http/listener.ts'
import type { Crm } from './records/crm.ts'
import { instant } from './records/values.ts'
import { Stats } from './stats.ts'
import type { Dialect } from './switches.ts'

export type EmulatorOptions = {
  /** 0, the default, takes any free port. */
  port?: number
  /** Where the control API listens, on 127.0.0.1 only; 0, the default, takes any free port. */
  controlPort?: number
  host?: string
  /** The SQLite file that keeps the records; `:memory:` unless told otherwise. */
  dataFile?: string
  /** As chosen in Sage CRM's setup wizard; `crm` makes the address `/sdata/crmj/…`. */
  installName?: string
  users?: readonly User[]
  /** No request is worked on for longer than this: what would take longer is reset. */
  longestRequestMs?: number
  dialect?: DialectName
  /** Single switches that differ from the dialect's. */
  switches?: Partial<Dialect>
  /** The IANA name of the zone the server is set to; UTC unless told otherwise. */
  timeZone?: string
  /** Columns with a unique index, such as `Cases.Case_CustomerRef`. */
  unique?: readonly string[]
  /** Begin with a few companies to look at. */
  seed?: boolean
  /** The clock of the emulated server. */
  now?: () => Date
  /** Generated companies with a person, address, phone and e-mail address each; a data file that has them keeps them. */
  companies?: number
}

export type Emulator = {
  readonly origin: string
  readonly port: number
  /** `${origin}/sdata/crmj/sagecrm2/-` */
  readonly baseUrl: string
  /** Where faults are ordered: `http://127.0.0.1:…` */
  readonly controlUrl: string
  /** Breaks off what is under way and closes the database. */
  close(): Promise<void>
}

const DEFAULT_USERS: readonly User[] = [{ logon: 'admin', password: 'admin' }]
const DEFAULT_LONGEST_REQUEST_MS = 2000
const CONTROL_HOST = '127.0.0.1'

/**
 * Starts an emulated Sage CRM and resolves when it listens.
 * @throws the `listen` error of node:net (EADDRINUSE, EACCES), SQLite's when the data file cannot be opened, or a
 *   RangeError for a time zone that does not exist
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', installName = 'crm', longestRequestMs = DEFAULT_LONGEST_REQUEST_MS } = options
  const { crm, accounts } = openCrm(options)
  const [faults, stats, closing] = [new Faults(longestRequestMs), new Stats(), new AbortController()]
  const sleep = sleepUntil(closing.signal)
  const app = createApp({ crm, accounts, installName, longestRequestMs, sleep, faults, stats })
  const control = controlRoutes(faults, stats, accounts, longestRequestMs)
  const servers = [serverOf(app), serverOf(getRequestListener(control.fetch))] as const
  try {
    await listen(servers[0], options.port ?? 0, host)
    await listen(servers[1], options.controlPort ?? 0, CONTROL_HOST)
  } catch (error) {
    await closer(servers, crm, closing)()
    throw error
  }
  const controlUrl = `http://${CONTROL_HOST}:${portOf(servers[1])}`
  return { ...addressOf(servers[0], host, installName), controlUrl, close: closer(servers, crm, closing) }
}

function openCrm(options: EmulatorOptions) {
  const { dataFile = ':memory:', users = DEFAULT_USERS, dialect = '2022R2', timeZone = 'UTC' } = options
  const { now = () => new Date() } = options
  const database = openDatabase(dataFile, instant(now()))
  createUniqueIndexes(database, options.unique ?? [])
  const crm: Crm = {
    database,
    dialect: { ...dialects[dialect], ...options.switches },
    timeZone: zone(timeZone),
    now,
  }
  const registered = registerUsers(database, users, instant(now()))
  const [first] = registered
  if (options.seed === true && first !== undefined) seedDemo(crm, first.userId)
  if (options.companies !== undefined) seedCompanies(database, options.companies)
  return { crm, accounts: new Accounts(registered, crm.dialect.lockOut === 'on') }
}

/** The zone's canonical name. Throws RangeError when there is none. */
function zone(name: string): string {
  return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function addressOf(server: Server, host: string, installName: string) {
  const port = portOf(server)
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return { origin, port, baseUrl: `${origin}/sdata/${installName}j/sagecrm2/-` }
}

/** Closing twice is closing once. */
function closer(
  servers: readonly Server[],
  { database }: Crm,
  closing: AbortController,
): () => Promise<void> {
  let closed: Promise<void> | undefined
  const close = async () => {
    closing.abort()
    await Promise.all(servers.filter(({ listening }) => listening).map(stop))
    database.close()
  }
  return () => {
    closed ??= close()
    return closed
  }
}

async function stop(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

import { type DialectName, dialects } from '../../emulator/dialects.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/server.ts'
import { type Dialect, SWITCHES } from '../../emulator/switches.ts'
import { type CrmClientOptions, createCrmClient, type EntityClient } from '../../lib/crm/client.ts'
import type { Entity } from '../../lib/crm/prototypes/field.ts'
import { ENTITY_NAMES, loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import type { ReleaseName } from '../../lib/crm/release.ts'

/** A CRM that the suite is run against. */
export type Target = {
  readonly name: string
  /** Whether records may be made in it. */
  readonly writable: boolean
  /** Told apart only in what a client cannot cope with by itself, such as a search that is not there. */
  readonly switches?: Partial<Dialect>
  connect(): Promise<Connection>
}
export type Connection = { readonly crm: ConformingCrm; close(): Promise<void> }
type Client = ReturnType<typeof createCrmClient>
export type ConformingCrm = Omit<Client, 'entity'> & { entity(name: string): EntityClient }

const USER = { logon: 'admin', password: 'admin' }
const TIMEOUT_MS = 30_000

type ClientOptions = Partial<Pick<CrmClientOptions, 'release' | 'timeZone' | 'instants'>>

function emulated(name: string, emulator: EmulatorOptions, client: ClientOptions = {}): Target {
  const connect = async () => {
    const running = await startEmulator({ users: [USER], seed: true, ...emulator })
    return connection(running, client)
  }
  return { name, writable: true, connect, switches: emulator.switches ?? {} }
}

function connection(emulator: Emulator, client: ClientOptions): Connection {
  const credentials = { user: USER.logon, password: USER.password }
  const known = new Set(ENTITY_NAMES.map((name) => name.toLowerCase()))
  const pulled = pulledFrom(() => crm)
  const crm: Client = createCrmClient({
    baseUrl: emulator.baseUrl,
    credentials,
    requestTimeoutMs: TIMEOUT_MS,
    entities: (name) => (known.has(name.toLowerCase()) ? loadEntity(name) : pulled(name)),
    ...client,
  })
  const close = async () => {
    crm.close()
    await emulator.close()
  }
  return { crm, close }
}

/** The CRM's own prototypes, each asked for once. */
function pulledFrom(crm: () => Client): (name: string) => Promise<Entity> {
  const known = new Map<string, Promise<Entity>>()
  return (name) => {
    const key = name.toLowerCase()
    const loading =
      known.get(key) ??
      crm()
        .prototype(name)
        .then(({ entity }) => entity)
    known.set(key, loading)
    return loading
  }
}

/** Every dialect, to a client that does not know which it is and to one that does. */
function dialectTargets(): Target[] {
  return (Object.keys(dialects) as DialectName[]).flatMap((dialect) => [
    emulated(`${dialect}, not known to the client`, { dialect }),
    emulated(`${dialect}, known to the client`, { dialect }, { release: dialect satisfies ReleaseName }),
  ])
}

/** Every value of every switch, with a client that is told nothing but how times are written. */
function switchTargets(): Target[] {
  return Object.entries(SWITCHES).flatMap(([name, { values }]) =>
    values.slice(1).map((value) => {
      const switches = { [name]: value } as Partial<Dialect>
      const instants = switches.instants ?? 'utc'
      return emulated(`${name}=${value}`, { switches }, { instants })
    }),
  )
}

/** Both ways of writing times in zones on either side of Greenwich. */
function zoneTargets(): Target[] {
  const zones = ['Europe/Dublin', 'America/New_York', 'Australia/Lord_Howe']
  const written = ['utc', 'local'] as const
  return zones.flatMap((timeZone) =>
    written.map((instants) =>
      emulated(
        `times in ${timeZone} as ${instants}`,
        { timeZone, switches: { instants } },
        { timeZone, instants, release: '2022R2' },
      ),
    ),
  )
}

/**
 * The CRM at SAGECRM_URL with SAGECRM_USER and SAGECRM_PASSWORD, if there is one; nothing is written to it unless
 * SAGECRM_ALLOW_WRITES is 1. Its own prototypes say what it has.
 */
function realTargets(): Target[] {
  const { SAGECRM_URL: baseUrl, SAGECRM_USER: user = '', SAGECRM_PASSWORD: password = '' } = process.env
  if (baseUrl === undefined) return []
  const connect = async () => {
    const crm: Client = createCrmClient({
      baseUrl,
      credentials: { user, password },
      requestTimeoutMs: TIMEOUT_MS,
      entities: pulledFrom(() => crm),
      timeZone: process.env['SAGECRM_TIME_ZONE'] ?? 'UTC',
    })
    return { crm, close: async () => crm.close() }
  }
  return [{ name: `the CRM at ${baseUrl}`, writable: process.env['SAGECRM_ALLOW_WRITES'] === '1', connect }]
}

/** A real CRM is tried alone: whoever names one wants to know about that one. */
export function targets(): Target[] {
  const real = realTargets()
  return real.length > 0 ? real : [...dialectTargets(), ...switchTargets(), ...zoneTargets()]
}

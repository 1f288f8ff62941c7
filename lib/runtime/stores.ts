import type { Store } from '../delivery/store/store.ts'
import { type Environment, EnvironmentError } from './env.ts'
import { splitUrl } from './scheme.ts'

type Open = (place: string, environment: Environment) => Promise<Store>

/** The stores a ledger can be kept in, by the scheme of LEDGER_URL. Each is loaded where it is used. */
const stores: Readonly<Record<string, Open>> = {
  sqlite: async (file, environment) => {
    const { openSqliteStore } = await import('../delivery/store/sqlite.ts')
    return openSqliteStore({
      file,
      synchronous: environment.LEDGER_SYNCHRONOUS,
      soleWorker: environment.LEDGER_SOLE_WORKER,
    })
  },
  dynamodb: async (table, environment) => {
    const { connectDynamoDb } = await import('./aws-store.ts')
    return connectDynamoDb(table, environment)
  },
}

/** Opens the store LEDGER_URL names. Throws EnvironmentError for a scheme that is not in the table. */
export function openStore(environment: Environment): Promise<Store> {
  const [scheme, place] = splitUrl(environment.LEDGER_URL)
  const open = stores[scheme]
  if (open === undefined) {
    throw new EnvironmentError(`LEDGER_URL: no store "${scheme}"; there is ${Object.keys(stores).join(', ')}`)
  }
  return open(place, environment)
}

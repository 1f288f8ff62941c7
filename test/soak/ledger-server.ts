import path from 'node:path'
import type { Options } from './options.ts'

type Restartable = { restart(): Promise<void> }

export type LedgerServer = {
  readonly env: Readonly<Record<string, string>>
  /** What can be killed and started again; a file cannot. */
  readonly servers: readonly Restartable[]
  stop(): Promise<void>
}

/** Where the workers keep their ledger: one file that all of them open. */
export async function startLedgerServer(_kind: Options['ledger'], folder: string): Promise<LedgerServer> {
  const env = { LEDGER_URL: `sqlite:${path.join(folder, 'ledger.db')}` }
  return { env, servers: [], stop: async () => undefined }
}

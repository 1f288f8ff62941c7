import path from 'node:path'
import * as z from 'zod'
import { startChild } from '../../local/child.ts'
import type { Options } from './options.ts'

export type LedgerServer = { readonly env: Readonly<Record<string, string>>; stop(): Promise<void> }

const SERVER = path.join(import.meta.dirname, 'dynamodb-main.ts')
const Ready = z.object({ endpoint: z.url(), table: z.string() })

const KINDS: Readonly<Record<Options['ledger'], (folder: string) => Promise<LedgerServer>>> = {
  /** One file that all workers open. */
  sqlite: async (folder) => {
    const env = { LEDGER_URL: `sqlite:${path.join(folder, 'ledger.db')}` }
    return { env, stop: async () => undefined }
  },
  /** A server that all workers ask, with its data in memory: the ledger is what must not be lost, so it lives through the run. */
  dynamodb: async (folder) => {
    const server = await startChild(SERVER, [])
    const { endpoint, table } = Ready.parse(server.ready)
    const env = {
      LEDGER_URL: `dynamodb:${table}`,
      LEDGER_SPILL_URL: `file:${path.join(folder, 'spilled')}`,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    }
    return { env, stop: server.stop }
  },
}

/** Where the workers keep their ledger. */
export function startLedgerServer(kind: Options['ledger'], folder: string): Promise<LedgerServer> {
  return KINDS[kind](folder)
}

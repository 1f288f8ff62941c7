import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Entity } from '../lib/crm/prototypes/field.ts'
import { entityLoader } from '../lib/runtime/prototypes.ts'
import { DATA_FOLDER, type LedgerPlace } from './open-ledger.ts'

/**
 * The prototypes that the functions of this place check against: those of CRM_PROTOTYPES_DIR, those that `npm start` has pulled
 * into its data folder from the real CRM the folder belongs to, or else the committed snapshot.
 * @throws Error when a real CRM's have not been pulled yet
 */
export function prototypesAtHand(
  place: LedgerPlace,
  environment: NodeJS.ProcessEnv,
): (name: string) => Promise<Entity> {
  const folder = environment['CRM_PROTOTYPES_DIR'] ?? pulledInto(place, environment)
  if (folder !== undefined && readdirSync(folder).length === 0)
    throw new Error(`no prototypes in ${folder} yet: npm start pulls them as soon as the CRM answers`)
  return entityLoader(folder, Date.now)
}

/** Not of a ledger elsewhere: its functions have the snapshot they were deployed with. */
function pulledInto(
  { data, ledger, stage }: LedgerPlace,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const isElsewhere = data === undefined && Boolean(environment['LEDGER_URL'])
  const folder = path.join(data ?? DATA_FOLDER, 'prototypes')
  const isHere = ledger === undefined && stage === undefined && !isElsewhere
  return isHere && existsSync(folder) ? folder : undefined
}

import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const FILE = 'crm.txt'

/**
 * Binds a data folder to the CRM it is first used with: the ids in its ledger are records of that CRM, and in another
 * they would be other people's.
 * @param crm base address of a real CRM, or `emulator`
 * @throws Error naming both when the folder belongs to another CRM
 */
export async function bindToCrm(folder: string, crm: string): Promise<void> {
  const file = path.join(folder, FILE)
  const bound = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (bound === '') return writeFile(file, `${crm}\n`)
  if (bound !== crm) {
    throw new Error(`the data folder ${folder} belongs to ${bound}, not to ${crm}: name another with --data`)
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** The path of a data file for one test; nothing is there yet. */
export async function newDataFile(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'emulator-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return path.join(folder, 'crm.db')
}

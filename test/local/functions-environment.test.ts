import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readEnvironment } from '../../lib/runtime/env.ts'
import { type CrmConnection, functionsEnvironment } from '../../local/functions-environment.ts'

const CRM = { url: 'http://127.0.0.1:5050/sdata/crmj/sagecrm2/-', user: 'admin', password: 'admin' }
const QUEUE = { endpoint: 'http://127.0.0.1:1', url: 'http://127.0.0.1:1/queue' }

async function setUp() {
  const folder = await mkdtemp(path.join(tmpdir(), 'environment-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const variablesOf = (crm: CrmConnection) => functionsEnvironment(folder, crm, QUEUE)
  const environmentOf = async (crm: CrmConnection) => readEnvironment(await variablesOf(crm))
  return { folder, variablesOf, environmentOf }
}

function quarantineMs(environment: ReturnType<typeof readEnvironment>): number {
  const { CRM_REQUEST_TIMEOUT_MS, CRM_LONGEST_REQUEST_MS, CRM_SEND_WINDOW_MS } = environment
  return CRM_REQUEST_TIMEOUT_MS + CRM_LONGEST_REQUEST_MS + CRM_SEND_WINDOW_MS
}

describe('the environment of the functions on one machine', () => {
  it('with the emulator has a quarantine of at most 5 s', async () => {
    const { environmentOf } = await setUp()
    const environment = await environmentOf(CRM)
    expect(quarantineMs(environment)).toBeLessThanOrEqual(5_000)
    expect(environment).toMatchObject({ LEDGER_SYNCHRONOUS: 'normal' })
  })

  it('with a real CRM has the default times, its own prototypes and a ledger that survives a power cut', async () => {
    const { environmentOf } = await setUp()
    const environment = await environmentOf({ ...CRM, prototypes: 'pulled' })
    expect(quarantineMs(environment)).toBe(120_000)
    expect(environment).toMatchObject({ LEDGER_SYNCHRONOUS: 'full', CRM_PROTOTYPES_DIR: 'pulled' })
  })

  it('has one ledger key for each data folder, readable by its owner alone', async () => {
    const { folder, variablesOf } = await setUp()
    const [first, second] = [await variablesOf(CRM), await variablesOf(CRM)]
    expect(second['LEDGER_KEY']).toBe(first['LEDGER_KEY'])
    expect(first['LEDGER_KEY']?.length).toBeGreaterThan(16)
    expect((await stat(path.join(folder, 'ledger.key'))).mode & 0o777).toBe(0o600)
  })
})

import { describe, expect, it } from 'vitest'
import { EnvironmentError, readEnvironment } from '../../lib/runtime/env.ts'
import { openStore } from '../../lib/runtime/stores.ts'

const COMPLETE = {
  CRM_URL: 'https://crm.example.com/sdata/crmj/sagecrm2/-',
  CRM_USER: 'integration',
  LEDGER_URL: 'sqlite::memory:',
  RETRY_QUEUE_URL: 'http://127.0.0.1:1/queue',
}

describe('the environment', () => {
  it('has a default for everything that has a safe one', () => {
    expect(readEnvironment(COMPLETE)).toMatchObject({
      SECRETS_URL: 'env:',
      CRM_REQUEST_TIMEOUT_MS: 10_000,
      LEDGER_SYNCHRONOUS: 'full',
      LEDGER_SOLE_WORKER: false,
    })
  })

  it('quarantines for 120 s by default', () => {
    const { CRM_REQUEST_TIMEOUT_MS, CRM_LONGEST_REQUEST_MS, CRM_SEND_WINDOW_MS } = readEnvironment(COMPLETE)
    expect(CRM_REQUEST_TIMEOUT_MS + CRM_LONGEST_REQUEST_MS + CRM_SEND_WINDOW_MS).toBe(120_000)
  })

  it('names every variable that is missing or wrong, and the rule', () => {
    const wrong = { ...COMPLETE, CRM_URL: 'ftp://x', CRM_USER: '', LEDGER_SYNCHRONOUS: 'often' }
    const read = () => readEnvironment(wrong)
    expect(read).toThrow(EnvironmentError)
    expect(read).toThrow(/CRM_URL.*CRM_USER.*LEDGER_SYNCHRONOUS/s)
  })

  it('opens the store the ledger URL names and refuses one it does not know', async () => {
    const store = await openStore(readEnvironment(COMPLETE))
    expect(await store.putIfAbsent('a', { value: 1 })).toBe(1)
    await store.close()
    const unknown = readEnvironment({ ...COMPLETE, LEDGER_URL: 'redis:somewhere' })
    expect(() => openStore(unknown)).toThrow(/LEDGER_URL.*redis.*sqlite/)
  })
})

import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { LIFETIMES_IN_DAYS } from '../../lib/delivery/store/spill.ts'

async function template() {
  return parse(await readFile('serverless.yml', 'utf8'))
}

it('has a bucket rule for every lifetime of a spilled value, and none for those that are kept', async () => {
  const { LedgerSpill } = (await template()).resources.Resources
  expect(LedgerSpill.Properties.LifecycleConfiguration.Rules).toEqual(
    LIFETIMES_IN_DAYS.map((days) => ({ Status: 'Enabled', Prefix: `${days}d/`, ExpirationInDays: days })),
  )
})

it('allows no action and no resource by a bare *', async () => {
  const { statements } = (await template()).provider.iam.role
  expect(statements.length).toBeGreaterThan(0)
  for (const { Action, Resource } of statements) {
    expect([Action].flat().filter((action: string) => action.includes('*'))).toEqual([])
    expect(Resource).not.toBe('*')
  }
})

it('keeps ledger and blobs when the stack is deleted', async () => {
  const { LedgerTable, LedgerSpill } = (await template()).resources.Resources
  expect([LedgerTable.DeletionPolicy, LedgerSpill.DeletionPolicy]).toEqual(['Retain', 'Retain'])
})

import { build } from 'esbuild'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { EnvironmentError, readAwsCredentials, readEnvironment } from '../../lib/runtime/env.ts'
import { openStore } from '../../lib/runtime/stores.ts'
import { createTable, startDynamoDb } from '../support/dynamodb.ts'
import { misbehavingServer } from '../support/misbehaving-server.ts'

const COMPLETE = {
  CRM_URL: 'https://crm.example.com/sdata/crmj/sagecrm2/-',
  CRM_USER: 'integration',
  LEDGER_URL: 'dynamodb:ledger',
  LEDGER_SPILL_URL: 's3:spill',
  RETRY_QUEUE_URL: 'http://127.0.0.1:1/queue',
  AWS_REGION: 'eu-west-1',
}

function withCredentials(id: string): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', id)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  onTestFinished(() => void vi.unstubAllEnvs())
}

describe('a ledger URL with dynamodb:', () => {
  it('opens the table it names', async () => {
    withCredentials('first')
    const server = await startDynamoDb()
    onTestFinished(() => server.close())
    const { table, endpoint } = await createTable(server)
    const environment = { LEDGER_URL: `dynamodb:${table}`, AWS_ENDPOINT_URL_DYNAMODB: endpoint }
    const store = await openStore(readEnvironment({ ...COMPLETE, ...environment }))
    onTestFinished(() => store.close())
    expect(await store.putIfAbsent('a', { value: 'kept' })).toBe(1)
    expect((await store.get('a'))?.value).toBe('kept')
  })

  it('signs every request with the credentials of that moment', async () => {
    const signatures: string[] = []
    const { baseUrl } = await misbehavingServer((request, response) => {
      signatures.push(request.headers.authorization ?? '')
      response.end('{}')
    })
    const environment = { AWS_ENDPOINT_URL_DYNAMODB: new URL(baseUrl).origin }
    const store = await openStore(readEnvironment({ ...COMPLETE, ...environment }))
    onTestFinished(() => store.close())
    for (const id of ['first', 'rotated']) {
      withCredentials(id)
      await store.get('a')
    }
    expect(signatures.map((text) => /Credential=([^/]+)/.exec(text)?.[1])).toEqual(['first', 'rotated'])
  })

  it.each([
    ['LEDGER_SPILL_URL', { LEDGER_SPILL_URL: '' }],
    ['LEDGER_SPILL_URL', { LEDGER_SPILL_URL: 'ftp:there' }],
    ['AWS_REGION', { AWS_REGION: '' }],
  ])('needs %s', async (name, wrong) => {
    const opened = openStore(readEnvironment({ ...COMPLETE, ...wrong }))
    await expect(opened).rejects.toThrow(EnvironmentError)
    await expect(opened).rejects.toThrow(name)
  })
})

it('names the credentials that are missing', () => {
  expect(() => readAwsCredentials({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: '' })).toThrow(
    /AWS_SECRET_ACCESS_KEY/,
  )
})

it('loads SQLite in a deployed function only when it is opened', async () => {
  const { metafile } = await build({
    entryPoints: ['functions/receive-form.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    outdir: 'out',
    metafile: true,
  })
  const loaded = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  expect(loaded).toContain('node:https')
  expect(loaded.filter((path) => /sqlite/.test(path))).toEqual([])
})

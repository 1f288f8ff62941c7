import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import dynalite from 'dynalite'
import { parse } from 'yaml'
import type { AwsOptions } from '../../lib/delivery/store/aws-request.ts'
import { storeClock } from '../../lib/delivery/store/clock-offset.ts'
import { openDynamoDbStore } from '../../lib/delivery/store/dynamodb.ts'
import { type DynamoDb, dynamoDb } from '../../lib/delivery/store/dynamodb-api.ts'
import type { Blobs } from '../../lib/delivery/store/spill.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { memoryBlobs } from './memory-blobs.ts'

export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' }
const RETRIES = { random: Math.random, sleep: () => sleep(1) }

export type DynamoDbServer = { readonly endpoint: string; close(): Promise<void> }

/** A server that speaks DynamoDB's protocol, with its data in memory. */
export async function startDynamoDb(): Promise<DynamoDbServer> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}`, close: () => closed(server) }
}

export type TestTable = {
  readonly endpoint: string
  readonly table: string
  /** A store on this table; each is a worker of its own. */
  open(options?: Partial<OpenOptions>): Store
  /** The table past any store. */
  api(): DynamoDb
}

type OpenOptions = {
  readonly endpoint: string
  readonly blobs: Blobs
  readonly clock: AwsOptions['clock']
  readonly requestTimeoutMs: number
}

/** A new table like the one in deploy/ledger.yml. */
export async function createTable({ endpoint }: DynamoDbServer): Promise<TestTable> {
  const table = `ledger-${randomUUID()}`
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = await deployedTable()
  const definition = { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode }
  await ask(endpoint, 'CreateTable', { TableName: table, ...definition })
  while ((await ask(endpoint, 'DescribeTable', { TableName: table })).Table?.TableStatus !== 'ACTIVE')
    await sleep(1)
  const shared = memoryBlobs()
  const connection = { region: 'eu-west-1', endpoint, credentials: () => CREDENTIALS, clock: storeClock() }
  return {
    endpoint,
    table,
    api: () => dynamoDb(connection, RETRIES),
    open: ({ blobs = shared, clock = storeClock(), ...options } = {}) => {
      const api = dynamoDb({ ...connection, clock, ...options }, RETRIES)
      return openDynamoDbStore({ table, api, blobs, clock })
    },
  }
}

async function deployedTable(): Promise<Readonly<Record<string, unknown>>> {
  const { Resources } = parse(await readFile('deploy/ledger.yml', 'utf8'))
  return Resources.LedgerTable.Properties
}

async function ask(endpoint: string, operation: string, input: object) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=test, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  })
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`)
  return (await response.json()) as { readonly Table?: { readonly TableStatus: string } }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
}

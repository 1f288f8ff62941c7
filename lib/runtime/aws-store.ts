import { setTimeout as sleep } from 'node:timers/promises'
import type { AwsOptions } from '../delivery/store/aws-request.ts'
import { type StoreClock, storeClock } from '../delivery/store/clock-offset.ts'
import { openDynamoDbStore } from '../delivery/store/dynamodb.ts'
import { dynamoDb } from '../delivery/store/dynamodb-api.ts'
import type { Blobs } from '../delivery/store/spill.ts'
import type { Store } from '../delivery/store/store.ts'
import { type Environment, EnvironmentError, readAwsCredentials } from './env.ts'
import { splitUrl } from './scheme.ts'

const RETRIES = { random: Math.random, sleep }

/**
 * The ledger in a DynamoDB table, with its large values where LEDGER_SPILL_URL says.
 * @throws EnvironmentError
 */
export async function connectDynamoDb(table: string, environment: Environment): Promise<Store> {
  const clock = storeClock()
  const origin = environment.AWS_ENDPOINT_URL_DYNAMODB
  const blobs = await openBlobs(environment)
  const api = dynamoDb(connection('dynamodb', origin, environment, clock), RETRIES)
  return openDynamoDbStore({ table, api, blobs, clock })
}

type OpenBlobs = (place: string, environment: Environment) => Promise<Blobs>

/** The places for spilled values, by the scheme of LEDGER_SPILL_URL. */
const places: Readonly<Record<string, OpenBlobs>> = {
  s3: async (bucket, environment) => {
    const { s3Blobs } = await import('../delivery/store/spill-s3.ts')
    const origin = environment.AWS_ENDPOINT_URL_S3
    return s3Blobs(bucket, connection('s3', origin, environment, storeClock()), RETRIES)
  },
  file: async (folder) => {
    const { folderBlobs } = await import('../delivery/store/spill-folder.ts')
    return folderBlobs(folder)
  },
}

async function openBlobs(environment: Environment): Promise<Blobs> {
  const [scheme, place] = splitUrl(environment.LEDGER_SPILL_URL ?? '')
  const open = places[scheme]
  if (open === undefined) {
    const known = Object.keys(places).join(', ')
    throw new EnvironmentError(`LEDGER_SPILL_URL: a ledger in DynamoDB needs one; there is ${known}`)
  }
  return open(place, environment)
}

function connection(
  service: 'dynamodb' | 's3',
  origin: string | undefined,
  { AWS_REGION: region }: Environment,
  clock: StoreClock,
): Omit<AwsOptions, 'service'> {
  if (region === undefined) throw new EnvironmentError('AWS_REGION: a ledger in DynamoDB needs it')
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const endpoint = origin ?? `https://${service}.${region}.${domain}`
  return { region, endpoint, credentials: () => readAwsCredentials(), clock }
}

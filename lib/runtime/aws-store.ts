import { storeClock } from '../delivery/store/clock-offset.ts'
import { openDynamoDbStore } from '../delivery/store/dynamodb.ts'
import { dynamoDb } from '../delivery/store/dynamodb-api.ts'
import type { Blobs } from '../delivery/store/spill.ts'
import type { Store } from '../delivery/store/store.ts'
import { awsConnection, RETRIES } from './aws-connection.ts'
import { type Environment, EnvironmentError } from './env.ts'
import { splitUrl } from './scheme.ts'

/**
 * The ledger in a DynamoDB table, with its large values where LEDGER_SPILL_URL says.
 * @throws EnvironmentError
 */
export async function connectDynamoDb(table: string, environment: Environment): Promise<Store> {
  const clock = storeClock()
  const origin = environment.AWS_ENDPOINT_URL_DYNAMODB
  const blobs = await openBlobs(environment)
  const api = dynamoDb(awsConnection('dynamodb', origin, environment, clock), RETRIES)
  return openDynamoDbStore({ table, api, blobs, clock })
}

type OpenBlobs = (place: string, environment: Environment) => Promise<Blobs>

/** The places for spilled values, by the scheme of LEDGER_SPILL_URL. */
const places: Readonly<Record<string, OpenBlobs>> = {
  s3: async (bucket, environment) => {
    const { s3Blobs } = await import('../delivery/store/spill-s3.ts')
    const origin = environment.AWS_ENDPOINT_URL_S3
    return s3Blobs(bucket, awsConnection('s3', origin, environment), RETRIES)
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

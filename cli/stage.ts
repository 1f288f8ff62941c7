import { InvalidArgumentError, Option } from 'commander'
import * as z from 'zod'
import { awsConnection, RETRIES } from '../lib/runtime/aws-connection.ts'
import { NAMES_AT_ONCE, parameterStore } from '../lib/runtime/secrets/parameter-store.ts'
import { liveValues } from '../lib/runtime/secrets/secrets.ts'

/** The name of the service in serverless.yml. */
const SERVICE = 'sage-crm-functions'
/** Where serverless.yml deploys to, unless told otherwise. */
const REGION = 'eu-west-1'

const Settings = z.record(z.string(), z.string())

export type Stage = {
  /** Environment variables as the functions of the stage have them: nothing secret. */
  readonly settings: Readonly<Record<string, string>>
  /** Live values of secrets by name; a name without a value is missing. */
  secrets(names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
}

/** `--stage <name>` */
export function stageOption(): Option {
  return new Option('--stage <name>', 'what is deployed to AWS as this stage').argParser((text) => {
    if (/^[a-zA-Z0-9-]+$/.test(text)) return text
    throw new InvalidArgumentError('It must be letters, digits and dashes.')
  })
}

/**
 * What is deployed as a stage, from the parameters its stack has written. Needs credentials in the environment.
 * @throws Error when there is no such stage, EnvironmentError without credentials, StoreUnavailableError
 */
export async function openStage(name: string, environment: NodeJS.ProcessEnv): Promise<Stage> {
  const { AWS_REGION = REGION, AWS_ENDPOINT_URL_SSM } = environment
  const path = `/${SERVICE}/${name}/`
  const get = async (names: readonly string[]) => {
    const store = parameterStore(awsConnection('ssm', AWS_ENDPOINT_URL_SSM, { AWS_REGION }), RETRIES)
    const found = new Map<string, string>()
    try {
      for (let start = 0; start < names.length; start += NAMES_AT_ONCE) {
        const page = names.slice(start, start + NAMES_AT_ONCE).map((one) => `${path}${one}`)
        for (const [full, text] of await store.get(page)) found.set(full.slice(path.length), text)
      }
    } finally {
      store.close()
    }
    return found
  }
  const settings = (await get(['settings'])).get('settings')
  if (settings === undefined) throw new Error(`nothing is deployed as "${name}" in ${AWS_REGION}`)
  return {
    settings: { ...Settings.parse(JSON.parse(settings)), AWS_REGION },
    secrets: async (names) => new Map([...(await get(names))].map(([one, text]) => [one, liveValues(text)])),
  }
}

/** The environment as the functions of a stage have it, with the named secrets as if they were variables. */
export async function withStage(
  name: string | undefined,
  environment: NodeJS.ProcessEnv,
  secretNames: readonly string[] = [],
): Promise<NodeJS.ProcessEnv> {
  if (name === undefined) return environment
  const { settings, secrets } = await openStage(name, environment)
  const values = secretNames.length === 0 ? [] : [...(await secrets(secretNames))]
  const first = values.map(([one, [value = '']]) => [one, value] as const)
  return { ...environment, ...settings, ...Object.fromEntries(first) }
}

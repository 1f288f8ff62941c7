import { awsConnection, RETRIES } from '../aws-connection.ts'
import type { Environment } from '../env.ts'
import { NAMES_AT_ONCE, parameterStore } from './parameter-store.ts'
import { rememberedSecrets } from './remembered.ts'
import type { Secrets } from './secrets.ts'

/**
 * Secrets that are SecureStrings under a path of SSM Parameter Store: `/sage-crm-functions/dev/` and a name.
 * @throws EnvironmentError
 */
export function connectParameterStore(path: string, environment: Environment): Secrets {
  const origin = environment.AWS_ENDPOINT_URL_SSM
  const store = parameterStore(awsConnection('ssm', origin, environment), RETRIES)
  return rememberedSecrets({
    place: `SSM Parameter Store under ${path}`,
    namesAtOnce: NAMES_AT_ONCE,
    monotonicMs: () => performance.now(),
    fetch: async (names) => {
      const found = await store.get(names.map((name) => `${path}${name}`))
      return new Map([...found].map(([name, text]) => [name.slice(path.length), text]))
    },
  })
}

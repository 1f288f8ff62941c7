import { type Environment, EnvironmentError, readSecret } from '../env.ts'
import { splitUrl } from '../scheme.ts'
import type { Secrets } from './secrets.ts'

type Open = (place: string, environment: Environment) => Promise<Secrets>

/** The places, by the scheme of SECRETS_URL. */
const places: Readonly<Record<string, Open>> = {
  env: async () => ({ place: 'the environment', read: async (name) => readSecret(name) }),
  ssm: async (path, environment) => {
    const { connectParameterStore } = await import('./connect-parameter-store.ts')
    return connectParameterStore(path, environment)
  },
}

/** Opens what SECRETS_URL names. Throws EnvironmentError for a scheme that is not in the table. */
export function openSecrets(environment: Environment): Promise<Secrets> {
  const [scheme, place] = splitUrl(environment.SECRETS_URL)
  const open = places[scheme]
  if (open === undefined) {
    const known = Object.keys(places).join(', ')
    throw new EnvironmentError(`SECRETS_URL: no place "${scheme}" for secrets; there is ${known}`)
  }
  return open(place, environment)
}

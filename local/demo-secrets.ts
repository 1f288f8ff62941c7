import type { IntegrationConfig } from '../lib/config/config.ts'
import { readSecret } from '../lib/runtime/env.ts'

/** For nobody to rely on: it is in this repository. */
const DEMO_VALUE = 'demo'

/**
 * What stands for the secret of each configured instance that has none, while `npm start` runs on its emulator, so that
 * every source can be tried without a vendor. Variables by name.
 */
export function demoSecrets(
  { sources }: Pick<IntegrationConfig, 'sources'>,
  variables: NodeJS.ProcessEnv,
): Record<string, string> {
  const without = Object.values(sources).filter(({ secrets }) =>
    secrets.every((name) => readSecret(name, variables).length === 0),
  )
  return Object.fromEntries(
    without.flatMap(({ secrets }) => secrets.slice(0, 1)).map((name) => [name, DEMO_VALUE]),
  )
}

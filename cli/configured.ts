import type { IntegrationConfig } from '../lib/config/config.ts'
import { type ConfiguredSource, sourceOf } from '../lib/delivery/instances.ts'
import { loadSource } from '../lib/sources/index.ts'

/** Live secrets of a configured name. */
export type ReadSecret = (name: string) => Promise<readonly string[]>

/**
 * A configured instance by its own name, or the first of a source.
 * @throws Error that lists the instances there are
 */
export async function configuredSource(
  word: string,
  config: IntegrationConfig,
  secret: ReadSecret,
): Promise<ConfiguredSource> {
  const names = Object.keys(config.sources)
  const name = names.includes(word) ? word : names.find((one) => config.sources[one]?.source === word)
  if (name === undefined) {
    const known = names.join(', ')
    throw new Error(`integration.config.ts has no instance of "${word}"; there is ${known}`)
  }
  return sourceOf(name, { config, secret, loadSource })
}

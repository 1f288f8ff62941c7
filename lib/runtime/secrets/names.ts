import type { IntegrationConfig } from '../../config/config.ts'
import { loadSource } from '../../sources/index.ts'
import type { Source } from '../../sources/source.ts'

/** Names of the secrets the instances of one kind read, or those of all. Each once, in order. */
export async function secretNames(
  { sources }: Pick<IntegrationConfig, 'sources'>,
  kind?: Source['kind'],
): Promise<readonly string[]> {
  const names: string[] = []
  for (const { source, secrets, api } of Object.values(sources)) {
    const isMeant = kind === undefined || (await loadSource(source)).kind === kind
    if (isMeant) names.push(...secrets, ...Object.values(api.credentials))
  }
  return [...new Set(names)].toSorted()
}

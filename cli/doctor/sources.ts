import { sourceProblems } from '../../lib/runtime/source-problems.ts'
import { bad, type Finding, good } from './finding.ts'

/** Whether every configured instance can let its deliveries in. Asks nobody outside. */
export async function checkSources(pipe: Parameters<typeof sourceProblems>[0]): Promise<Finding[]> {
  const problems = await sourceProblems(pipe)
  const count = Object.keys(pipe.config.sources).length
  if (problems.length === 0) return [good('sources', `${count} configured, all with what they need`)]
  return problems.map(({ instance, said, todo }) => bad(`sources.${instance}`, said, todo))
}

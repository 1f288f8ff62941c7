import type { CrmClient, EntityClient } from '../crm/client.ts'
import { CrmError } from '../crm/errors.ts'
import type { Attempt } from './records.ts'

export type Call = Attempt['calls'][number]

/** A client that writes down each request with its time and result: `create Cases`, 41 ms, `ok`. */
export function tracedClient(crm: CrmClient, calls: Call[], monotonicMs: () => number): CrmClient {
  const traced = async <T>(did: string, work: () => Promise<T>): Promise<T> => {
    const began = monotonicMs()
    const note = (result: string) => calls.push({ did, ms: Math.round(monotonicMs() - began), result })
    try {
      const result = await work()
      note('ok')
      return result
    } catch (error) {
      note(resultOf(error))
      throw error
    }
  }
  const entity = (name: string): EntityClient => {
    const client = crm.entity(name)
    return {
      ...client,
      find: (...given) => traced(`find ${name}`, () => client.find(...given)),
      get: (...given) => traced(`get ${name}`, () => client.get(...given)),
      create: (...given) => traced(`create ${name}`, () => client.create(...given)),
      update: (...given) => traced(`update ${name}`, () => client.update(...given)),
      delete: (...given) => traced(`delete ${name}`, () => client.delete(...given)),
    }
  }
  return { ...crm, entity: entity as CrmClient['entity'] }
}

function resultOf(error: unknown): string {
  if (!(error instanceof CrmError)) return error instanceof Error ? error.name : 'unknown'
  return error.status === undefined ? error.name : `${error.name} ${error.status}`
}

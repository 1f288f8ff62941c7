import type { CrmClient, EntityClient } from '../crm/client.ts'
import { CrmError } from '../crm/errors.ts'
import type { Attempt } from './records.ts'

export type Call = Attempt['calls'][number]

/** A client that writes down each request with its time and result: `create Cases`, 41 ms, `ok`. */
export function tracedClient(crm: CrmClient, calls: Call[], monotonicMs: () => number): CrmClient {
  const trace = <T>(did: string, work: () => Promise<T>) => traced(did, calls, monotonicMs, work)
  const entity = (name: string): EntityClient => {
    const client = crm.entity(name)
    return {
      ...client,
      find: (...given) => trace(`find ${name}`, () => client.find(...given)),
      get: (...given) => trace(`get ${name}`, () => client.get(...given)),
      create: (...given) => trace(`create ${name}`, () => client.create(...given)),
      update: (...given) => trace(`update ${name}`, () => client.update(...given)),
      delete: (...given) => trace(`delete ${name}`, () => client.delete(...given)),
    }
  }
  return { ...crm, entity: entity as CrmClient['entity'] }
}

/** Writes down one piece of work with its time and result, whatever comes of it. */
export async function traced<T>(
  did: string,
  calls: Call[],
  monotonicMs: () => number,
  work: () => Promise<T>,
): Promise<T> {
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

function resultOf(error: unknown): string {
  if (!(error instanceof CrmError)) return error instanceof Error ? error.name : 'unknown'
  return error.status === undefined ? error.name : `${error.name} ${error.status}`
}

import type { CrmClient, EntityClient } from '../../lib/crm/client.ts'
import { CrmError } from '../../lib/crm/errors.ts'
import type { SubjectRecord } from '../../lib/delivery/records.ts'
import type { Store } from '../../lib/delivery/store/store.ts'

/** A ledger that forgets to write what it is about to create. */
export function withoutIntents(store: Store): Store {
  return {
    ...store,
    replace: (key, version, write) =>
      store.replace(key, version, { ...write, value: forgotten(write.value) }),
  }
}

function forgotten(value: unknown): unknown {
  const { journal } = value as Partial<SubjectRecord>
  if (journal === undefined) return value
  const known = Object.entries(journal).filter(([, { state }]) => state !== 'intent')
  return { ...(value as SubjectRecord), journal: Object.fromEntries(known) }
}

/** A ledger that writes whatever the version of the item is: a worker whose claim was taken over goes on. */
export function withoutToken(store: Store): Store {
  const replace: Store['replace'] = async (key, version, write) => {
    const current = key.startsWith('subject#') ? (await store.get(key))?.version : undefined
    return store.replace(key, current ?? version, write)
  }
  return { ...store, replace }
}

/** A client that takes every failure of a look-up for "there is none". */
export function blindClient(crm: CrmClient): CrmClient {
  const entity = (name: string): EntityClient => {
    const client = crm.entity(name)
    const find: EntityClient['find'] = (where) =>
      client.find(where).catch((error: unknown) => {
        if (!(error instanceof CrmError)) throw error
        return { rows: [], filtered: false, received: 0 }
      })
    return { ...client, find }
  }
  return { ...crm, entity: entity as CrmClient['entity'] }
}

/** A client that sends whenever it comes to it, however long after it was told it may. */
export function lateClient(crm: CrmClient): CrmClient {
  const entity = (name: string): EntityClient => {
    const client = crm.entity(name)
    const create: EntityClient['create'] = (fields, children, options) =>
      client.create(fields, children, { ...options, mayBegin: () => true })
    return { ...client, create }
  }
  return { ...crm, entity: entity as CrmClient['entity'] }
}

import { onTestFinished } from 'vitest'
import {
  type CrmClient,
  type CrmClientOptions,
  createCrmClient,
  type EntityClient,
} from '../../lib/crm/client.ts'
import type { Entity } from '../../lib/crm/prototypes/field.ts'

const plain = { caption: '', mandatory: false, readOnly: false, hidden: false } as const

const COMPANY: Entity = {
  name: 'Company',
  tableId: 5,
  view: false,
  idField: 'Comp_CompanyId',
  fields: [
    { ...plain, name: 'comp_source', type: 'choice', choices: [{ code: 'Web', caption: 'Web site' }] },
    { ...plain, name: 'Comp_CompanyId', type: 'integer', readOnly: true },
    { ...plain, name: 'Comp_Name', type: 'string', maxLength: 60, mandatory: true },
    { ...plain, name: 'Comp_UploadDate', type: 'datetime' },
  ],
}
const VIEW: Entity = { ...COMPANY, name: 'vCompany', view: true }

/** A client whose names the compiler leaves alone, for tests with fields that are not there. */
export type UncheckedCrm = Omit<CrmClient, 'entity'> & { entity(name: string): EntityClient }

/** A client of its own for one test; it knows the company and a view of it. */
export function crmAt(baseUrl: string, options: Partial<CrmClientOptions> = {}): UncheckedCrm {
  const client = createCrmClient({
    baseUrl,
    credentials: { user: 'admin', password: 'pässword' },
    requestTimeoutMs: 1_000,
    entities: async (name) => (name === 'vCompany' ? VIEW : COMPANY),
    ...options,
  })
  onTestFinished(() => client.close())
  return client
}

/** What a promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (thrown: unknown) => thrown,
  )
}

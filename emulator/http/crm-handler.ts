import type { Accounts } from '../accounts.ts'
import type { Dialect } from '../dialects.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { findEntity } from '../entities/index.ts'
import type { Crm } from '../records/crm.ts'
import { toEntry } from '../records/entry.ts'
import { readPage } from '../records/feed.ts'
import { Refusal, refuse } from '../refusal.ts'
import { type Address, parseAddress } from './address.ts'
import { atomFeed } from './atom.ts'
import { authenticate } from './authenticate.ts'
import { type Call, create, readEntry, readFeed, remove, update } from './operations.ts'
import { prototypes } from './prototypes.ts'
import { feedQuery, parseQuery } from './query.ts'
import { json } from './respond.ts'

export type CrmOptions = { readonly crm: Crm; readonly accounts: Accounts; readonly installName: string }

type Operations = Readonly<Record<string, (call: Call) => Response>>

export type CrmRequest = {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly body: string
}

/** Answers one request to either contract. Throws Refusal. */
export function handleCrmRequest(request: CrmRequest, { crm, accounts, installName }: CrmOptions): Response {
  const url = new URL(request.url)
  const address = parseAddress(url.pathname, installName)
  const userId = authenticate(request.authorization, accounts)
  const session = { userId, baseUrl: `${url.origin}/sdata/${installName}j/${address.contract}/-` }
  if (address.resource === '$prototypes') {
    return operationOf({ GET: () => json(200, prototypes(crm, address.rest, session)) }, request.method)()
  }
  const entity = requireEntity(address)
  const parameters = parseQuery(url.search)
  const call = { crm, entity, address, parameters, session, body: request.body }
  return operationOf(operationsFor(address, crm.dialect), request.method)(call)
}

function requireEntity({ resource }: Address): EntityDefinition {
  const entity = findEntity(resource)
  if (entity === undefined) throw refuse(404, 'ResourceKindNotFound', `there is no resource "${resource}"`)
  return entity
}

function operationsFor({ contract, key, selector }: Address, { updateVerbs }: Dialect): Operations {
  if (contract === 'sagecrm') return { GET: readAtom }
  if (key === undefined && selector === undefined) return { GET: readFeed, POST: create }
  const updates = updateVerbs.map((verb) => [verb, update] as const)
  return { GET: readEntry, ...Object.fromEntries(updates), DELETE: remove }
}

/** HEAD is a GET whose body is not sent. */
function operationOf<T>(operations: Readonly<Record<string, T>>, method: string): T {
  const operation = new Map(Object.entries(operations)).get(method === 'HEAD' ? 'GET' : method)
  if (operation !== undefined) return operation
  const allowed = Object.keys(operations).join(', ')
  const message = `${method} is not possible here; ${allowed} is`
  throw new Refusal(405, [{ sdataCode: 'ApplicationDiagnosis', message }], { allow: allowed })
}

function readAtom({ crm, entity, parameters, session }: Call): Response {
  const { total, rows } = readPage(crm, entity, feedQuery(parameters, crm.dialect))
  const entries = rows.map((row) => toEntry(crm, entity, row, session))
  const body = atomFeed(entity, `${session.baseUrl}/${entity.name}`, total, entries)
  return new Response(body, { headers: { 'content-type': 'application/atom+xml; type=feed; charset=utf-8' } })
}

import type { Accounts } from '../accounts.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { findEntity } from '../entities/index.ts'
import type { Part } from '../faults/apply.ts'
import { nothingDone } from '../records/create.ts'
import type { Crm } from '../records/crm.ts'
import { readPage } from '../records/feed.ts'
import { Refusal, refuse } from '../refusal.ts'
import type { Dialect } from '../switches.ts'
import { type Address, parseAddress } from './address.ts'
import { atomFeed } from './atom.ts'
import { authenticate } from './authenticate.ts'
import type { Target } from './message.ts'
import { type Call, post, readEntry, readFeed, remove, update } from './operations.ts'
import { prototypes } from './prototypes.ts'
import { feedQuery, parseQuery } from './query.ts'
import { quickFind } from './quick-find.ts'
import type { Reply } from './reply.ts'
import { json } from './respond.ts'

export type CrmOptions = { readonly crm: Crm; readonly accounts: Accounts; readonly installName: string }

type Operation = (call: Call) => Reply
type Operations = Readonly<Record<string, Operation>>

export type CrmRequest = {
  readonly method: string
  readonly target: Target
  readonly authorization: string | undefined
  readonly ifMatch: string | undefined
  readonly body: string
  readonly onlyChildren?: Part['onlyChildren']
}

/** Answers one request to either contract. Throws Refusal. */
export function handleCrmRequest(request: CrmRequest, { crm, accounts, installName }: CrmOptions): Reply {
  const { target, method, onlyChildren } = request
  if (onlyChildren !== undefined && method !== 'POST') throw nothingDone()
  const address = parseAddress(target.path, installName)
  const parameters = parseQuery(target.search)
  const identity = authenticate(request.authorization, parameters.get('sid'), accounts)
  const session = { ...identity, baseUrl: `${target.origin}/sdata/${installName}j/${address.contract}/-` }
  switch (address.resource) {
    case '$prototypes':
      return only('GET', method, () => json(200, prototypes(crm, address.rest, session)))
    case '$service':
      return only('GET', method, () => json(200, quickFind(crm, address.rest, parameters, session)))
    default: {
      const call = { crm, entity: entityOf(address, crm.dialect), address, parameters, session, ...request }
      return operationOf(operationsFor(address, crm.dialect), method)(call)
    }
  }
}

function only(verb: string, method: string, answer: () => Reply): Reply {
  return operationOf({ [verb]: answer }, method)()
}

function entityOf({ resource }: Address, { caseAlias }: Dialect): EntityDefinition {
  const isAlias = caseAlias === 'on' && resource.toLowerCase() === 'case'
  const entity = findEntity(isAlias ? 'Cases' : resource)
  if (entity === undefined) throw refuse(404, 'ResourceKindNotFound', `there is no resource "${resource}"`)
  return entity
}

const UPDATES: Readonly<Record<Dialect['updateVerbs'], Operations>> = {
  both: { PUT: update, PATCH: update },
  PUT: { PUT: update },
  PATCH: { PATCH: update },
}

function operationsFor({ contract, key, selector }: Address, { updateVerbs }: Dialect): Operations {
  if (contract === 'sagecrm') return { GET: readAtom }
  if (key === undefined && selector === undefined) return { GET: (call) => readFeed(call), POST: post }
  return { GET: readEntry, ...UPDATES[updateVerbs], DELETE: remove }
}

/** HEAD is a GET whose body is not sent. */
function operationOf<T>(operations: Readonly<Record<string, T>>, method: string): T {
  const verb = method === 'HEAD' ? 'GET' : method
  const operation = Object.hasOwn(operations, verb) ? operations[verb] : undefined
  if (operation !== undefined) return operation
  const allowed = Object.keys(operations).join(', ')
  const message = `${method} is not possible here; ${allowed} is`
  throw new Refusal(405, [{ sdataCode: 'ApplicationDiagnosis', message }], { allow: allowed })
}

function readAtom({ crm, entity, parameters, session }: Call): Reply {
  const page = readPage(crm, entity, feedQuery(parameters, crm.dialect), session)
  const body = atomFeed(crm, entity, page, session)
  return { status: 200, headers: { 'content-type': 'application/atom+xml; type=feed; charset=utf-8' }, body }
}

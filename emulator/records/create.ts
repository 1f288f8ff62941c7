import type { Stored } from '../database/database.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { entityNamed } from '../entities/index.ts'
import { type ChildRelation, relationsOf } from '../entities/relations.ts'
import { type Refusal, refuse, refuseFields } from '../refusal.ts'
import type { Access } from './access.ts'
import { type Body, missingFields, type Problem, readFields } from './body.ts'
import type { Crm, Session } from './crm.ts'
import { insertRecord, setColumns } from './insert.ts'
import { addLink, isLinkable, type Owner } from './links.ts'
import { rulesOf, settle } from './rules.ts'

/** A record to be created, read and checked, with the records to be created under it. */
type Draft = {
  readonly entity: EntityDefinition
  readonly values: ReadonlyMap<string, Stored>
  /** The columns its body named. */
  readonly submitted: ReadonlySet<string>
  readonly children: readonly ChildDraft[]
}
type ChildDraft = Draft & {
  readonly relation: ChildRelation
  readonly type: string | null
  readonly isDefault: boolean
}

/** The id of the new record and the columns its body set. */
export type Created = { readonly id: number; readonly submitted: ReadonlySet<string> }

/**
 * Creates a record and, in the same transaction, what its body nests under `person`, `address`, `email` and `phone`.
 * @param onlyChildren a fault: so many of the children, the first, are created, and nothing where there are none
 * @throws Refusal 400 naming every field that is wrong; nothing is created then
 */
export function createRecord(
  crm: Crm,
  entity: EntityDefinition,
  body: Body,
  session: Session,
  onlyChildren?: number,
): Created {
  return crm.database.transaction(() => {
    const problems: Problem[] = []
    const draft = readDraft({ ...crm, access: session.access }, entity, body, '', problems)
    if (problems.length > 0) throw refuseFields(problems)
    if (onlyChildren !== undefined && draft.children.length === 0) throw nothingDone()
    const created = { ...draft, children: draft.children.slice(0, onlyChildren) }
    return { id: insertDraft(crm, created, session), submitted: draft.submitted }
  })
}

/** What a fault leaves undone. Nobody is answered so. */
export function nothingDone(): Refusal {
  return refuse(500, 'ApplicationDiagnosis', 'a fault on demand: nothing is done')
}

/** The installation as one user may change it. */
type Writable = Crm & { readonly access: Access }

function readDraft(
  crm: Writable,
  entity: EntityDefinition,
  body: Body,
  path: string,
  problems: Problem[],
): Draft {
  const { own, nested } = splitChildren(entity, body)
  const fields = readFields(entity, own, crm, crm.access)
  const completed = rulesOf(entity)?.complete(crm, fields.values, undefined)
  const values = completed?.values ?? fields.values
  const refused = new Set(fields.problems.map((problem) => problem.path))
  const missing = missingFields(entity, values).filter((problem) => !refused.has(problem.path))
  problems.push(
    ...[...fields.problems, ...missing, ...(completed?.problems ?? [])].map((one) => ({
      ...one,
      path: path + one.path,
    })),
  )
  problems.push(
    ...repeated(nested.map(({ key }) => key)).map((key) => ({
      path: path + key,
      message: `${key} is there twice`,
    })),
  )
  const children = nested.flatMap(({ key, relation, value }) =>
    readChildren(crm, relation, value, path + key, problems),
  )
  return { entity, values, submitted: new Set(fields.values.keys()), children }
}

function splitChildren(entity: EntityDefinition, body: Body) {
  const { children } = relationsOf(entity.name)
  const relationOf = (key: string) => children.find((one) => one.entity.toLowerCase() === key.toLowerCase())
  const entries = Object.entries(body).map(([key, value]) => ({ key, value, relation: relationOf(key) }))
  const own = entries
    .filter(({ relation }) => relation === undefined)
    .map(({ key, value }) => [key, value] as const)
  const nested = entries.flatMap(({ relation, ...one }) =>
    relation === undefined ? [] : [{ ...one, relation }],
  )
  return { own: Object.fromEntries(own) as Body, nested }
}

/** Keys that differ from an earlier one in letter case alone. */
function repeated(keys: readonly string[]): string[] {
  const lower = keys.map((key) => key.toLowerCase())
  return keys.filter((_, index) => lower.indexOf(lower[index] ?? '') < index)
}

/** An array or a single object. Without any `$isDefault` the first is the default. */
function readChildren(
  crm: Writable,
  relation: ChildRelation,
  value: unknown,
  path: string,
  problems: Problem[],
): ChildDraft[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const bodies = list.filter(isBody)
  if (bodies.length < list.length)
    problems.push({ path, message: `${path} must be an object or an array of objects` })
  const chosen = bodies.findIndex((body) => body['$isDefault'] === true)
  return bodies.map((body, index) => ({
    ...readDraft(crm, entityNamed(relation.entity), body, `${path}[${index}].`, problems),
    relation,
    type: typeof body['$type'] === 'string' ? body['$type'] : null,
    isDefault: index === Math.max(chosen, 0),
  }))
}

/** Whether a JSON value is an object. */
export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function insertDraft(crm: Crm, { entity, values, children }: Draft, session: Session): number {
  const id = insertRecord(crm, entity, values, session)
  for (const child of children) insertChild(crm, { entity, id }, child, session)
  settle(crm, entity, id)
  return id
}

function insertChild(crm: Crm, owner: Owner, child: ChildDraft, session: Session): void {
  const { ownerColumn, primary } = child.relation
  const owned: [string, Stored][] = ownerColumn === undefined ? [] : [[ownerColumn, owner.id]]
  const id = insertDraft(crm, { ...child, values: new Map([...child.values, ...owned]) }, session)
  if (isLinkable(child.entity))
    addLink(crm, owner, { target: child.entity, id, type: child.type, isDefault: child.isDefault }, session)
  if (primary !== undefined && child.isDefault)
    setColumns(crm, owner.entity, owner.id, new Map([[primary, id]]))
}

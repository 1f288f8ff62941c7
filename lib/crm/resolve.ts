import { fitText } from '../values/text.ts'
import type { BoundRecord } from './journal.ts'
import type { Child, Children, Fields, FieldValue } from './plan.ts'
import { codeMeant } from './prototypes/choices.ts'
import type { Entity, Field } from './prototypes/field.ts'
import type { Expression } from './where.ts'

/** What a plan's values are resolved against: the records bound so far and the CRM's own prototypes. */
export type Resolver = {
  readonly bindings: ReadonlyMap<string, BoundRecord>
  entity(name: string): Promise<Entity>
  /** A line for each value of the plan that is longer than its column, or that its selection list does not have. */
  notInFull?(): Promise<readonly string[]>
}

/** A value as it goes over the wire; undefined: left out. */
export type PlainValue = string | number | boolean | null | undefined

/** Fields with every reference, fitted text and table id filled in. Throws PlanError for a reference to nothing. */
export async function resolveFields(resource: string, fields: Fields, resolver: Resolver) {
  const entity = await resolver.entity(resource)
  const resolved: Record<string, string | number | boolean | null> = {}
  for (const [name, value] of Object.entries(fields)) {
    const plain = await resolveValue(value, fieldOf(entity, name), resolver)
    if (plain !== undefined) resolved[name] = plain
  }
  return resolved
}

/** Children with their fields resolved. The entity of a child is named like its key (`email` → Email). */
export async function resolveChildren(children: Children, resolver: Resolver): Promise<Children> {
  const resolved = Object.entries(children).map(async ([key, list]) => {
    const records = await Promise.all(list.map((child) => resolveChild(key, child, resolver)))
    return [key, records] as const
  })
  return Object.fromEntries(await Promise.all(resolved))
}

async function resolveChild(key: string, child: Child, resolver: Resolver): Promise<Child> {
  return { ...child, fields: await resolveFields(key, child.fields, resolver) }
}

/** The expression with plain values only. */
export async function resolveExpression(
  resource: string,
  where: Expression,
  resolver: Resolver,
): Promise<Expression> {
  const entity = await resolver.entity(resource)
  const resolve = (expression: Expression): Promise<Expression> => resolveNode(expression, entity, resolver)
  return resolve(where)
}

async function resolveNode(node: Expression, entity: Entity, resolver: Resolver): Promise<Expression> {
  const value = (of: FieldValue, field: string) => definite(of, fieldOf(entity, field), resolver)
  switch (node.op) {
    case 'and':
    case 'or':
      return { ...node, of: await Promise.all(node.of.map((part) => resolveNode(part, entity, resolver))) }
    case 'not':
      return { ...node, of: await resolveNode(node.of, entity, resolver) }
    case 'between':
      return { ...node, low: await value(node.low, node.field), high: await value(node.high, node.field) }
    case 'in':
      return { ...node, values: await Promise.all(node.values.map((one) => value(one, node.field))) }
    case 'like':
      return node
    default:
      return { ...node, value: await value(node.value, node.field) }
  }
}

/** A value a condition cannot do without. */
async function definite(
  value: FieldValue,
  field: Field | undefined,
  resolver: Resolver,
): Promise<FieldValue> {
  const plain = await resolveValue(value, field, resolver)
  if (plain === undefined) throw new PlanError(`a condition on ${field?.name ?? 'a field'} has no value`)
  return plain
}

export async function resolveValue(
  value: FieldValue,
  field: Field | undefined,
  resolver: Resolver,
): Promise<PlainValue> {
  if (value === null || typeof value !== 'object') return value
  if ('fit' in value) return fitText(value.fit, field?.maxLength ?? Number.POSITIVE_INFINITY)
  if ('tableOf' in value) return (await resolver.entity(value.tableOf)).tableId
  if ('caption' in value) return codeOf(value, field)
  if ('note' in value) return noteText(value, resolver)
  if ('whether' in value) {
    const chosen = resolver.bindings.has(value.whether) ? value.there : value.otherwise
    return chosen === undefined ? undefined : resolveValue(chosen, field, resolver)
  }
  const bound = resolver.bindings.get(value.ref)
  if (bound === undefined) throw new PlanError(`the plan refers to "${value.ref}", which is not bound`)
  const id = value.carried === undefined ? bound.id : bound.carried?.[value.carried]
  return id === undefined ? undefined : wireId(id)
}

type Caption = Extract<FieldValue, { readonly caption: string }>

/** What no caption or code is goes to the CRM as it is: only it knows a list that its prototypes do not show. */
function codeOf({ caption, orOmit }: Caption, field: Field | undefined): string | undefined {
  const code = field && codeMeant(field, caption)
  if (code !== undefined) return code
  return orOmit && (field?.choices?.length ?? 0) > 0 ? undefined : caption
}

type Note = Extract<FieldValue, { readonly note: string }>

async function noteText({ note, ending }: Note, resolver: Resolver): Promise<string> {
  const cut = (await resolver.notInFull?.()) ?? []
  return [
    note,
    ...(cut.length > 0 ? [['Not in full in the CRM:', ...cut].join('\n')] : []),
    ...(ending ? [ending] : []),
  ].join('\n\n')
}

function fieldOf(entity: Entity, name: string): Field | undefined {
  return entity.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())
}

/** Ids are strings with us and numbers in Sage CRM's foreign keys. */
export function wireId(id: string): string | number {
  return /^\d{1,15}$/.test(id) ? Number(id) : id
}

/** A plan that contradicts itself: a bug in a planner, never the sender's fault. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
}

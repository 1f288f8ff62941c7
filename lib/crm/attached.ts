import { type ChildKind, ChildrenUnknownError, kindOf, ownership, type Parent } from './children.ts'
import type { CrmClient, Row } from './client.ts'
import { findEqual, isEqual } from './equal.ts'
import { CrmForbiddenError, CrmNotFoundError } from './errors.ts'
import { NotYetError } from './journal.ts'
import type { Children } from './plan.ts'
import { readRecord } from './read-record.ts'
import { type Resolver, resolveFields } from './resolve.ts'

export type CrmContext = { readonly client: CrmClient; readonly resolver: Resolver }

/**
 * The children of one kind that a record has, of whichever type.
 * @throws ChildrenUnknownError when this user may not read them, or not the table in between
 */
export async function attachedTo(parent: Parent, kind: ChildKind, context: CrmContext): Promise<Row[]> {
  try {
    return await readAttached(parent, kind, context)
  } catch (cause) {
    if (!isHidden(cause)) throw cause
    const tables = [kind.link?.entity, kind.entity].filter(Boolean).join(' and ')
    const rule = `${tables} must be readable for the user of the API, or nobody can tell what of a ${parent.resource} is missing`
    throw new ChildrenUnknownError(rule, { cause })
  }
}

async function readAttached(parent: Parent, kind: ChildKind, context: CrmContext): Promise<Row[]> {
  const { entity, link } = kind
  const table = link?.entity ?? entity
  const rows = await findEqual(
    table,
    await resolveFields(table, ownership(kind, parent), context.resolver),
    context,
  )
  if (link === undefined) return rows
  const children: Row[] = []
  for (const row of rows) {
    // A link may outlive what it links.
    const child = await readRecord(context.client, entity, String(row.get(link.child)))
    if (child !== undefined) children.push(child)
  }
  return children
}

/** An entity is not shown by the CRM, or was not when its prototypes were pulled. */
function isHidden(error: unknown): boolean {
  if (error instanceof NotYetError) return error.reason === 'not-configured-yet'
  return error instanceof CrmNotFoundError || error instanceof CrmForbiddenError
}

/** Whether a record has no children of these kinds but the given ones: another's e-mail address makes it somebody else. */
export async function hasNoOthers(parent: Parent, children: Children, context: CrmContext): Promise<boolean> {
  for (const [key, list] of Object.entries(children)) {
    const kind = kindOf(key)
    const entity = await context.resolver.entity(kind.entity)
    const wanted = await Promise.all(
      list.map(({ fields }) => resolveFields(kind.entity, fields, context.resolver)),
    )
    const attached = await attachedTo(parent, kind, context)
    if (!attached.every((row) => wanted.some((fields) => isEqual(row, fields, entity)))) return false
  }
  return true
}

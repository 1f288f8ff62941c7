import type { CrmClient, Row } from './client.ts'
import { CrmMisconfiguredError } from './errors.ts'
import { matches } from './matches.ts'
import { type Entity, findField } from './prototypes/field.ts'
import type { Resolver } from './resolve.ts'
import type { Expression } from './where.ts'

type PlainFields = Readonly<Record<string, string | number | boolean | null>>
type Equal = { readonly op: 'eq'; readonly field: string; readonly value: string | number | boolean }
type CrmContext = { readonly client: CrmClient; readonly resolver: Resolver }

/**
 * The records whose fields have these values, compared on this side, too. Of empty fields nothing is asked, nor of times:
 * in which zone a CRM gives them back is not told here.
 * @throws CrmMisconfiguredError when a row comes without one of the fields: that is not "no such record"
 */
export async function findEqual(
  resource: string,
  fields: PlainFields,
  { client, resolver }: CrmContext,
): Promise<Row[]> {
  const entity = await resolver.entity(resource)
  const terms = termsOf(fields, entity)
  if (terms.length === 0) return []
  const { rows } = await client.entity(resource).find({ op: 'and', of: terms })
  for (const row of rows) refuseIncomplete(row, terms, entity)
  return rows.filter((row) => isEqual(row, fields, entity))
}

/** Whether a row has these values, in the fields that findEqual asks for. */
export function isEqual(row: Pick<Row, 'get'>, fields: PlainFields, entity: Entity): boolean {
  const where: Expression = { op: 'and', of: termsOf(fields, entity) }
  return matches(where, row, entity, 'UTC')
}

function termsOf(fields: PlainFields, entity: Entity): Equal[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    const isAsked = value !== null && value !== '' && findField(entity, field)?.type !== 'datetime'
    return isAsked ? [{ op: 'eq', field, value }] : []
  })
}

function refuseIncomplete(row: Row, terms: readonly Equal[], { name }: Entity): void {
  const missing = terms.find(({ field }) => row.get(field) === undefined)
  if (missing === undefined) return
  throw new CrmMisconfiguredError(`${name} is returned without ${missing.field}: it cannot be looked up`)
}

/** When the CRM made a record, in its own time; undefined when it does not say. */
export function createdAt(row: Row, entity: Entity): number | undefined {
  const field = entity.fields.find(({ name }) => /_createddate$/i.test(name))
  const instant = field && row.instant(field.name)
  return instant === undefined ? undefined : Date.parse(instant)
}

import type { ConfiguredAutomation } from '../../automations/index.ts'
import type { CrmClient, Row } from '../../crm/client.ts'
import { CrmMisconfiguredError } from '../../crm/errors.ts'
import { type Entity, findField } from '../../crm/prototypes/field.ts'
import { seenOf } from '../../crm/seen.ts'
import type { Expression } from '../../crm/where.ts'
import type { Observed } from '../../events/automation-run.ts'
import type { Pipe } from '../pipe.ts'

/** What a scan asks of the CRM. */
export type Asked = Pick<Pipe, 'crm' | 'entities'>

/** Rows a request is asked for; a CRM may give fewer. */
const ROWS_A_PAGE = 200
export const FIRST_WIDTH = 200
/** SQL Server's largest int. */
const MOST = 2 ** 31 - 1
const LEAST_GALLOP = 1_024
/** IIS refuses a query string above 2048 characters; one of these takes some 40 of them. */
const RELATED_A_REQUEST = 30

export type Page = {
  /** The records the rule is about, in the order of their ids. */
  readonly records: readonly Observed[]
  readonly received: number
  /** Every record up to this id is on this page or an earlier one. */
  readonly upTo: number
  /** How many ids the next page had better span. */
  readonly width: number
}

/** The entity of an automation. @throws CrmMisconfiguredError naming the field or view that is missing */
export async function entityOf({ name, resource, fields }: ConfiguredAutomation, { entities }: Asked) {
  const entity = await entities(resource)
  const missing = fields.find((field) => findField(entity, field) === undefined)
  if (missing !== undefined)
    throw new CrmMisconfiguredError(`${name}: ${missing} is not a field of ${entity.name}`)
  return { entity, idField: idFieldOf(entity) }
}

function idFieldOf({ name, idField }: Entity): string {
  if (idField === undefined) throw new CrmMisconfiguredError(`${name} has no field that holds its ids`)
  return idField
}

/** An id above all there are: doubled until nothing is above it, which every release can be asked. */
export async function highestId(automation: ConfiguredAutomation, asked: Asked): Promise<number> {
  const { idField } = await entityOf(automation, asked)
  const records = asked.crm.entity(automation.resource)
  let bound = LEAST_GALLOP
  while (bound < MOST) {
    const where = { op: 'gt', field: idField, value: bound } as const
    const { received } = await records.feed({ where, select: [idField], count: 1 })
    if (received === 0) return bound
    bound = Math.min(MOST, bound * 2)
  }
  return bound
}

/**
 * The records whose ids follow `after`: a window of ids, never a page number, because what is done about them changes what
 * the CRM would put on the next page. A window that holds more than the CRM gives at once is asked again, narrower.
 */
export async function readPage(
  automation: ConfiguredAutomation,
  { after, last, width }: { readonly after: number; readonly last: number; readonly width: number },
  asked: Asked,
): Promise<Page> {
  const { entity, idField } = await entityOf(automation, asked)
  const upTo = Math.min(last, after + width)
  const span = { op: 'between', field: idField, low: after + 1, high: upTo } as const
  const where: Expression =
    automation.query === undefined ? span : { op: 'and', of: [span, automation.query] }
  const select = [idField, ...automation.fields]
  const records = asked.crm.entity(automation.resource)
  const feed = await records.feed({ where, select, count: ROWS_A_PAGE })
  const { received, totalResults, rows } = feed
  const there = totalResults ?? (await countAll(records, { where, select }, received))
  if (there > received) {
    const narrower = Math.max(1, Math.min(width >> 1, Math.floor((width * received * 0.9) / there)))
    return readPage(automation, { after, last, width: narrower }, asked)
  }
  const observed = rows.map((row) => observe(row, automation.fields, entity))
  return {
    records: observed.toSorted((one, other) => Number(one.id) - Number(other.id)),
    received,
    upTo,
    width: received * 4 < ROWS_A_PAGE ? Math.min(MOST, width * 2) : width,
  }
}

/** A CRM that tells no total: is there anything after what came? */
async function countAll(
  records: ReturnType<CrmClient['entity']>,
  query: { readonly where: Expression; readonly select: readonly string[] },
  received: number,
): Promise<number> {
  if (received === 0) return 0
  const { received: more } = await records.feed({ ...query, count: 1, startIndex: received + 1 })
  return received + more
}

/** @throws CrmMisconfiguredError when the user may not see a field: that is not the same as nothing in it */
function observe(row: Row, fields: readonly string[], entity: Entity): Observed {
  const hidden = fields.find((field) => row.get(field) === undefined)
  if (hidden !== undefined)
    throw new CrmMisconfiguredError(
      `${entity.name} is returned without ${hidden}: the user of the API may not see it`,
    )
  return { id: row.key, fields: { ...seenOf(row, fields, entity) } }
}

/** What belongs to each of the records, by their ids. */
export async function readRelated(
  automation: ConfiguredAutomation,
  records: readonly Observed[],
  { crm, entities }: Asked,
): Promise<ReadonlyMap<string, readonly Observed[]>> {
  const { related } = automation
  if (related === undefined || records.length === 0) return new Map()
  const entity = await entities(related.resource)
  const fields = [related.field, ...related.fields]
  const found = new Map<string, Observed[]>()
  const values = [...new Set(records.map((record) => linkOf(record, automation)))].filter((id) => id !== '')
  for (let start = 0; start < values.length; start += RELATED_A_REQUEST) {
    const some = values.slice(start, start + RELATED_A_REQUEST)
    const { rows } = await crm.entity(related.resource).find({ op: 'in', field: related.field, values: some })
    for (const row of rows) {
      const one = observe(row, fields, entity)
      const owner = String(one.fields[related.field] ?? '')
      found.set(owner, [...(found.get(owner) ?? []), one])
    }
  }
  return new Map(records.map((record) => [record.id, found.get(linkOf(record, automation)) ?? []]))
}

function linkOf(record: Observed, { related }: ConfiguredAutomation): string {
  return related?.of === undefined ? record.id : String(record.fields[related.of] ?? '')
}

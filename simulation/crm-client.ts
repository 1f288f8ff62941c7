import type { CrmClient, EntityClient, Row } from '../lib/crm/client.ts'
import { CrmAmbiguousError, CrmConflictError, CrmNotFoundError, CrmRejectedError } from '../lib/crm/errors.ts'
import type { Expression } from '../lib/crm/where.ts'
import { type Children, type Extent, insertChildren, personsByAddress } from './crm-children.ts'
import { rollUp } from './crm-documents.ts'
import type { CrmModel, CrmRequest } from './crm-model.ts'
import type { CrmRecord, CrmTables, Value } from './crm-tables.ts'
import { MARKER_FIELDS, POISON, TRAILING_FIELDS } from './entities.ts'
import type { Process, Reply } from './process.ts'

type PlainFields = Readonly<Record<string, unknown>>
type Options = { readonly mayBegin?: () => boolean }

/** The client one process has of the simulated CRM: the methods that deliveries use. */
export function crmClient(model: CrmModel, process: Process): CrmClient {
  const send = <T>(request: CrmRequest<T>) => model.request(process, request)
  const entity = (name: string): EntityClient => ({
    ...unused,
    find: async (where) => {
      const rows = await send({
        name: `find ${name}`,
        about: JSON.stringify(where),
        work: () => ({ ok: find(model, name, where, process) }),
      })
      return { rows, filtered: false, received: rows.length }
    },
    get: (key) => send({ name: `get ${name}`, about: key, work: () => get(model, name, key, process) }),
    create: (fields, children = {}, options: Options = {}) =>
      send({
        name: `create ${name}`,
        about: identityOf(model.tables, fields, children),
        mayBegin: options.mayBegin,
        work: (extent) => create(model, name, fields, { children, extent }),
      }),
    update: (key, fields, options: Options = {}) =>
      send({
        name: `update ${name}`,
        about: key,
        mayBegin: options.mayBegin,
        work: () => update(model, name, key, fields, process),
      }),
    delete: (key, options: Options = {}) =>
      send({
        name: `delete ${name}`,
        about: key,
        mayBegin: options.mayBegin,
        work: () => remove(model, name, key),
      }),
  })
  return {
    entity: entity as CrmClient['entity'],
    ping: notSimulated,
    resources: notSimulated,
    prototype: notSimulated,
    quickFind: notSimulated,
    close: () => undefined,
  }
}

function notSimulated(): never {
  throw new Error('the simulated CRM does not know this request')
}

const unused = { feed: notSimulated, pages: notSimulated, select: notSimulated }

function find({ tables, options }: CrmModel, name: string, where: Expression, reader: Process): Row[] {
  const records = name === 'vPerson' ? personsByAddress(tables, where) : tables.find(name, where)
  for (const { readAt } of records) readAt.set(reader, options.clock.now)
  return records.map(rowOf)
}

function get({ tables, options }: CrmModel, name: string, id: string, reader: Process): Reply<Row> {
  const record = tables.get(name, id)
  if (record === undefined) return { error: new CrmNotFoundError('no such record', { status: 404 }) }
  record.readAt.set(reader, options.clock.now)
  return { ok: rowOf(record) }
}

type Depth = { readonly children: Children; readonly extent: Extent }

function create(model: CrmModel, name: string, fields: PlainFields, { children, extent }: Depth): Reply<Row> {
  const { tables, options } = model
  const poison = poisonOf(fields)
  if (poison !== undefined) return { error: poison }
  const marker = MARKER_FIELDS[name]
  const marked = marker === undefined ? undefined : fieldOf(fields, marker)
  if (options.uniqueIndex && marker !== undefined && marked !== undefined) {
    const where = { op: 'eq', field: marker, value: String(marked) } as const
    if (tables.find(name, where).length > 0)
      return { error: new CrmConflictError('duplicate key row', { status: 409 }) }
  }
  model.writes += 1
  if (name in MARKER_FIELDS || name in TRAILING_FIELDS) model.markedWrites += 1
  const record = tables.insert(name, fields, options.clock.now)
  insertChildren(tables, record, children, extent)
  rollUp(tables, record)
  return { ok: rowOf(record) }
}

function poisonOf(fields: PlainFields): Error | undefined {
  const text = String(fieldOf(fields, 'case_description') ?? fieldOf(fields, 'oppo_description') ?? '')
  if (text.includes(POISON.rejected))
    return new CrmRejectedError('answered 400', ['description: is poison'], { status: 400 })
  if (text.includes(POISON.failing)) return new CrmAmbiguousError('answered 500', { status: 500 })
  return undefined
}

function update(model: CrmModel, name: string, id: string, fields: PlainFields, writer: Process): Reply<Row> {
  const record = model.tables.get(name, id)
  if (record === undefined) return { error: new CrmNotFoundError('no such record', { status: 404 }) }
  model.writes += 1
  for (const [field, value] of Object.entries(fields))
    overwrite(model, record, field.toLowerCase(), value as Value, writer)
  rollUp(model.tables, record)
  return { ok: rowOf(record) }
}

/** Whether a line goes is decided on the whole quote: what people have written into it since then goes with it. */
function remove(model: CrmModel, name: string, id: string): Reply<undefined> {
  const record = model.tables.get(name, id)
  if (record === undefined) return { error: new CrmNotFoundError('no such record', { status: 404 }) }
  model.writes += 1
  if (record.touched.size > 0) model.overtakenEdits += 1
  record.deletedAt = model.options.clock.now
  record.deletedBy = 'us'
  rollUp(model.tables, record)
  return { ok: undefined }
}

/** Sage CRM has no condition on an update: an edit made between our reading and our writing is lost, one made before is not. */
function overwrite(model: CrmModel, record: CrmRecord, field: string, value: Value, writer: Process): void {
  const edit = record.touched.get(field)
  if (edit !== undefined) {
    if (edit.at >= (record.readAt.get(writer) ?? 0)) model.overtakenEdits += 1
    else model.violations.push(`${record.entity} ${record.id}: people's ${field} was overwritten`)
    record.touched.delete(field)
  }
  record.fields.set(field, value)
}

function fieldOf(fields: PlainFields, name: string): unknown {
  return fields[name] ?? Object.entries(fields).find(([key]) => key.toLowerCase() === name)?.[1]
}

/** What a create is about: its marker, its natural key, or the marker of what it belongs to. */
function identityOf(tables: CrmTables, fields: PlainFields, children: Children): string {
  const marker = Object.values(MARKER_FIELDS)
    .map((field) => fieldOf(fields, field))
    .find(Boolean)
  const text = fieldOf(fields, 'note_note') ?? fieldOf(fields, 'comm_note')
  const trailing = text === undefined ? undefined : String(text).slice(-28)
  const own = OWN.map((field) => fieldOf(fields, field)).find(Boolean)
  return String(marker ?? trailing ?? ofOrder(tables, fields) ?? addressIn(children) ?? own ?? '')
}

const OWN = [
  'comp_name',
  'emai_emailaddress',
  'elink_emailid',
  'addr_address1',
  'adli_addressid',
  'cmli_comm_communicationid',
]

/** A quote, or a line of one: the marker of its opportunity and the line's number. */
function ofOrder(tables: CrmTables, fields: PlainFields): string | undefined {
  const id = fieldOf(fields, 'quot_opportunityid') ?? fieldOf(fields, 'quit_opportunityid')
  if (id === undefined) return undefined
  const marker = tables.get('Opportunity', String(id))?.fields.get('oppo_customerref')
  return `${marker} ${fieldOf(fields, 'quit_linenumber') ?? ''}`
}

function addressIn({ email = [] }: Children): string | undefined {
  const [first] = [email].flat()
  return first && String(first.fields['emai_emailaddress'])
}

/** A column nobody has filled is empty, not absent. */
function rowOf({ id, entity, fields, createdAt }: CrmRecord): Row {
  const values = new Map(fields)
  if (entity === 'Person') values.set('pers_personid', id)
  const get = (field: string) => values.get(field.toLowerCase()) ?? null
  return {
    key: id,
    get,
    instant: (field) => (/_createddate$/i.test(field) ? new Date(createdAt).toISOString() : undefined),
    date: () => undefined,
    linked: () => [],
    link: notSimulated,
  }
}

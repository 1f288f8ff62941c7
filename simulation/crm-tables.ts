import type { Expression } from '../lib/crm/where.ts'

export type Value = string | number | boolean | null
export type CrmRecord = {
  readonly entity: string
  readonly id: string
  readonly createdAt: number
  /** As it was sent. */
  readonly made: Readonly<Record<string, unknown>>
  /** By the fields' names in lower case. */
  readonly fields: Map<string, Value>
  deletedAt?: number
  deletedBy?: 'people' | 'us'
  /** People have written into it, whatever has become of that. */
  wasTouched?: true
  /** What people have written, and when. */
  readonly touched: Map<string, { readonly value: Value; readonly at: number }>
  /** When each process last read it. */
  readonly readAt: Map<object, number>
}

/** The fields a condition of ours begins with. */
const INDEXED = new Set([
  'case_customerref',
  'oppo_customerref',
  'comp_name',
  'pers_lastname',
  'emai_emailaddress',
  'elink_recordid',
  'elink_emailid',
  'note_foreignid',
  'comm_opportunityid',
  'cmli_comm_communicationid',
  'addr_address1',
  'adli_companyid',
  'adli_personid',
  'adli_addressid',
  'quot_opportunityid',
  'quit_orderquoteid',
  'curr_symbol',
  'prod_code',
  'pric_productid',
])

/** What the CRM contains, and what it has ever contained. */
export class CrmTables {
  readonly records = new Map<string, CrmRecord[]>()
  readonly #byId = new Map<string, CrmRecord>()
  readonly #index = new Map<string, CrmRecord[]>()
  #lastId = 0

  insert(entity: string, fields: Readonly<Record<string, unknown>>, now: number): CrmRecord {
    this.#lastId += 1
    const entries = Object.entries(fields).map(
      ([name, value]) => [name.toLowerCase(), value as Value] as const,
    )
    const record: CrmRecord = {
      entity,
      id: String(this.#lastId),
      createdAt: now,
      made: fields,
      fields: new Map(entries),
      touched: new Map(),
      readAt: new Map(),
    }
    append(this.records, entity, record)
    this.#byId.set(`${entity}|${record.id}`, record)
    for (const [field, value] of entries)
      if (INDEXED.has(field)) append(this.#index, keyOf(entity, field, folded(value)), record)
    return record
  }

  get(entity: string, id: string): CrmRecord | undefined {
    const record = this.#byId.get(`${entity}|${id}`)
    return record?.deletedAt === undefined ? record : undefined
  }

  /** Records that are there and satisfy the condition. */
  find(entity: string, where: Expression): CrmRecord[] {
    return this.ever(entity, where).filter((record) => record.deletedAt === undefined)
  }

  /** Those that were deleted as well. */
  ever(entity: string, where: Expression): CrmRecord[] {
    if (where.op === 'or')
      return [...new Set(where.of.flatMap((part) => this.ever(entity, part)))].toSorted(byId)
    const terms = termsOf(where)
    const first = terms.find(({ field }) => INDEXED.has(field))
    const candidates =
      first === undefined
        ? this.all(entity)
        : (this.#index.get(keyOf(entity, first.field, first.value)) ?? [])
    return candidates.filter(({ fields }) =>
      terms.every(({ field, value }) => folded(fields.get(field)) === value),
    )
  }

  all(entity: string): readonly CrmRecord[] {
    return this.records.get(entity) ?? []
  }
}

/** The plans ask for equality alone, of one field, of several, or of one of several values. */
function termsOf(where: Expression): { readonly field: string; readonly value: string }[] {
  if (where.op === 'and') return where.of.flatMap(termsOf)
  if (where.op === 'eq') return [{ field: where.field.toLowerCase(), value: folded(where.value) }]
  throw new Error(`the simulated CRM does not know "${where.op}"`)
}

function byId(one: CrmRecord, other: CrmRecord): number {
  return Number(one.id) - Number(other.id)
}

/** As the usual collation does: letter case does not count. A checkbox that is ticked is Y. */
function folded(value: unknown): string {
  return value === true ? 'y' : String(value ?? '').toLowerCase()
}

function keyOf(entity: string, field: string, value: string): string {
  return `${entity}|${field}|${value}`
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

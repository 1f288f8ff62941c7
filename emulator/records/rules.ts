import type { Stored, StoredRow } from '../database/database.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { entityNamed } from '../entities/index.ts'
import { emailLink, phoneLink } from '../entities/link-tables.ts'
import type { Problem } from './body.ts'
import { type Crm, findRecord } from './crm.ts'
import { withDefault } from './links.ts'
import { itemRules } from './quote-item-rules.ts'
import { documentRules } from './quote-rules.ts'
import { ORDER_WORDS, QUOTE_WORDS } from './quote-words.ts'

export type Values = ReadonlyMap<string, Stored>

/** What the server does by itself with the records of one entity. */
export type Rules = {
  /** Completes or refuses what a write sets. `before` is the record as it is; undefined for a create. */
  complete(crm: Crm, values: Values, before: StoredRow | undefined): { values: Values; problems: Problem[] }
  /** What else changes once the record is written. `before` is the record as it was; undefined after a create. */
  settle?(crm: Crm, row: StoredRow, before: StoredRow | undefined): void
}

/** The links of phones and e-mail addresses. */
function linkRules(table: EntityDefinition): Rules {
  return {
    complete: (crm, values, before) => ({
      values: before === undefined ? withDefault(crm, table, values) : values,
      problems: [],
    }),
  }
}

/** A case is under the service level agreement of its company unless it names another (user help of Sage CRM). */
const caseRules: Rules = {
  complete: (crm, values, before) => {
    const company = values.get('Case_PrimaryCompanyId') ?? null
    const agreed = before === undefined && values.get('case_slaid') === undefined && company !== null
    if (!agreed) return { values, problems: [] }
    const sla = findRecord(crm, entityNamed('Company'), company)?.['Comp_SLAId'] ?? null
    return { values: new Map([...values, ['case_slaid', sla]]), problems: [] }
  },
}

const RULES: Readonly<Record<string, Rules>> = {
  Cases: caseRules,
  EmailLink: linkRules(emailLink),
  PhoneLink: linkRules(phoneLink),
  Quotes: documentRules(QUOTE_WORDS),
  Orders: documentRules(ORDER_WORDS),
  QuoteItems: itemRules(QUOTE_WORDS),
  OrderItems: itemRules(ORDER_WORDS),
}

export function rulesOf({ name }: EntityDefinition): Rules | undefined {
  return RULES[name]
}

/** The rest of what the server does, with the record as it is now, deleted or not. */
export function settle(crm: Crm, entity: EntityDefinition, id: number, before?: StoredRow): void {
  const rules = rulesOf(entity)
  if (rules?.settle === undefined) return
  const row = crm.database.get(`SELECT * FROM "${entity.name}" WHERE "${entity.idColumn}" = ?`, id)
  if (row !== undefined) rules.settle(crm, row, before)
}

import type { Column } from './entity.ts'

type More = Omit<Partial<Column>, 'name' | 'type'>

/** The id of the entity itself; given by the server. */
export function id(name: string): Column {
  return { name, type: 'integer', readOnly: true }
}

export function string(name: string, maxLength: number, more: More = {}): Column {
  return { name, type: 'string', maxLength, ...more }
}

/** Text of any length. */
export function text(name: string, more: More = {}): Column {
  return { name, type: 'text', ...more }
}

export function integer(name: string, more: More = {}): Column {
  return { name, type: 'integer', ...more }
}

export function decimal(name: string, more: More = {}): Column {
  return { name, type: 'decimal', ...more }
}

/** An amount, and beside it the id of its currency. */
export function amount(name: string, more: More = {}): readonly [Column, Column] {
  const rights: More = more.readOnly ? { readOnly: true } : {}
  return [decimal(name, more), integer(`${name}_CID`, { ...rights, hidden: true })]
}

/** Any number of codes of a selection family, stored as `,one,two,`. */
export function choices(name: string, maxLength: number, family = name, more: More = {}): Column {
  return { name, type: 'multichoice', maxLength, family, ...more }
}

/** The id of a record of another entity. */
export function reference(name: string, refersTo: string, more: More = {}): Column {
  return { name, type: 'integer', refersTo, ...more }
}

export function flag(name: string, more: More = {}): Column {
  return { name, type: 'boolean', ...more }
}

export function datetime(name: string, more: More = {}): Column {
  return { name, type: 'datetime', ...more }
}

/** A code of a selection family, which usually has the name of the field. */
export function choice(name: string, maxLength: number, family = name, more: More = {}): Column {
  return { name, type: 'choice', maxLength, family, ...more }
}

const DEFAULT_TERRITORY = -2147483640

/**
 * The columns every entity ends with. Territory and workflow may be given by whoever creates a record (public
 * integrations do); the others are the server's alone.
 */
export function systemColumns(prefix: string): readonly Column[] {
  return [
    integer(`${prefix}_CreatedBy`, { readOnly: true }),
    datetime(`${prefix}_CreatedDate`, { readOnly: true }),
    integer(`${prefix}_UpdatedBy`, { readOnly: true }),
    datetime(`${prefix}_UpdatedDate`, { readOnly: true, indexed: true }),
    datetime(`${prefix}_TimeStamp`, { readOnly: true, hidden: true }),
    integer(`${prefix}_Deleted`, { readOnly: true, hidden: true }),
    integer(`${prefix}_SecTerr`, { default: DEFAULT_TERRITORY }),
    integer(`${prefix}_WorkflowId`, { hidden: true }),
  ]
}

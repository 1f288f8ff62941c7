import type { Change, ChangeKind } from './drift.ts'
import { type Entity, type Field, findField, isRequired } from './field.ts'

/** One field that the configuration makes the functions use. */
export type FieldUse = {
  /** Where in integration.config.ts it comes from. */
  readonly path: string
  readonly entity: string
  readonly field: string
  readonly use: 'written' | 'searched' | 'read'
  /** The selection code or text that is written. */
  readonly value?: string
  /** How many characters must have room in it. */
  readonly needs?: number
  /** Whether our marker is written into it. */
  readonly marker?: true
}

/** A change, and the paths in integration.config.ts whose mapping it breaks. */
export type Impact = Change & { readonly breaks: readonly string[] }

/** What a use of the same entity is judged by; `field` is the changed one as it is now. */
type Case = {
  readonly use: FieldUse
  readonly isSame: boolean
  readonly field: Field | undefined
  /** Whether what `use` belongs to writes the changed field. */
  readonly isSet: boolean
}

type Rule = (of: Case) => boolean

const always: Rule = () => true
const used: Rule = ({ isSame }) => isSame
const never: Rule = () => false
/** A record is created without it. */
const unset: Rule = ({ use, field, isSet }) =>
  use.use === 'written' && !use.marker && field !== undefined && isRequired(field) && !isSet

const BREAKS: Readonly<Record<ChangeKind, Rule>> = {
  removed: used,
  added: unset,
  mandatory: unset,
  hidden: unset,
  'table id': always,
  'id field': always,
  type: used,
  list: ({ use, isSame, field }) =>
    isSame && use.value !== undefined && field?.choices?.some(({ code }) => code === use.value) === false,
  length: ({ use, isSame, field }) =>
    isSame && (use.needs ?? 0) > (field?.maxLength ?? Number.POSITIVE_INFINITY),
  'read-only': (of) => unset(of) || (of.isSame && of.use.use === 'written' && of.field?.readOnly === true),
  caption: never,
}

/**
 * The changes, each with what it breaks of the configured use of the CRM as it is now. An entity that a CRM does not show
 * and that nothing uses is left out: few users see them all.
 */
export function impactOf(
  changes: readonly Change[],
  uses: readonly FieldUse[],
  live: readonly Entity[],
): Impact[] {
  return changes
    .map((change) => ({ ...change, breaks: brokenBy(change, uses, live) }))
    .filter(({ kind, field, breaks }) => kind !== 'removed' || field !== undefined || breaks.length > 0)
}

function brokenBy(change: Change, uses: readonly FieldUse[], live: readonly Entity[]): string[] {
  const ofEntity = uses.filter(({ entity }) => isSameName(entity, change.entity))
  const entity = live.find(({ name }) => isSameName(name, change.entity))
  const { field: name } = change
  const field = entity === undefined || name === undefined ? undefined : findField(entity, name)
  const isChanged = (use: FieldUse) => name === undefined || isSameName(use.field, name)
  const writers = new Set(
    ofEntity.filter((use) => use.use === 'written' && isChanged(use)).map(({ path }) => path),
  )
  const broken = ofEntity.filter((use) =>
    BREAKS[change.kind]({ use, isSame: isChanged(use), field, isSet: writers.has(use.path) }),
  )
  return [...new Set(broken.map(({ path }) => path))]
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

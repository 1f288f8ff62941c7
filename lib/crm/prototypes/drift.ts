import { listed } from './choices.ts'
import { type Entity, type Field, findField } from './field.ts'
import { knows } from './live.ts'

/** What a CRM says otherwise than the snapshot. */
export type Change = {
  readonly entity: string
  /** Absent where it is about the entity itself. */
  readonly field?: string
  readonly kind: ChangeKind
  readonly was: string
  readonly is: string
}

const ENTITY_ASPECTS = {
  'table id': ({ tableId }) => String(tableId),
  'id field': ({ idField = '' }) => idField,
} as const satisfies Record<string, (entity: Entity) => string>

const FIELD_ASPECTS = {
  type: ({ type }) => type,
  list: (field) => listed(field),
  length: ({ maxLength = '' }) => String(maxLength),
  mandatory: ({ mandatory }) => yesOrNo(mandatory),
  'read-only': ({ readOnly }) => yesOrNo(readOnly),
  hidden: ({ hidden }) => yesOrNo(hidden),
  caption: ({ caption }) => caption,
} as const satisfies Record<string, (field: Field) => string>

export type ChangeKind = 'added' | 'removed' | keyof typeof ENTITY_ASPECTS | keyof typeof FIELD_ASPECTS

/**
 * What has changed between the snapshot and a CRM, in the snapshot's order. Fields are compared ignoring the case of
 * their names. Lengths and lists are left out where the CRM says none at all.
 */
export function driftOf(snapshot: readonly Entity[], live: readonly Entity[]): Change[] {
  return snapshot.flatMap((was): Change[] => {
    const is = live.find(({ name }) => name === was.name)
    if (is === undefined) return [{ entity: was.name, kind: 'removed', was: 'there', is: '' }]
    return [...differences(was.name, ENTITY_ASPECTS, was, is), ...fieldChanges(was, is, live)]
  })
}

function fieldChanges(was: Entity, is: Entity, live: readonly Entity[]): Change[] {
  const silent = [
    ...(knows(live, 'maxLength') ? [] : ['length']),
    ...(knows(live, 'choices') ? [] : ['list']),
  ]
  const gone = was.fields.filter(({ name }) => findField(is, name) === undefined)
  const kept = was.fields.flatMap((field) => {
    const now = findField(is, field.name)
    return now === undefined ? [] : differences(was.name, FIELD_ASPECTS, field, now, field.name)
  })
  const come = is.fields.filter(({ name }) => findField(was, name) === undefined)
  return [
    ...gone.map((field) => existence(was.name, field, 'removed')),
    ...kept.filter(({ kind }) => !silent.includes(kind)),
    ...come.map((field) => existence(was.name, field, 'added')),
  ]
}

function existence(entity: string, field: Field, kind: 'added' | 'removed'): Change {
  const about = field.mandatory ? `${field.type}, mandatory` : field.type
  return {
    entity,
    field: field.name,
    kind,
    was: kind === 'added' ? '' : about,
    is: kind === 'added' ? about : '',
  }
}

function differences<T, K extends ChangeKind>(
  entity: string,
  aspects: Readonly<Record<K, (one: T) => string>>,
  before: T,
  after: T,
  field?: string,
): Change[] {
  const kinds = Object.keys(aspects) as K[]
  return kinds.flatMap((kind) => {
    const [was, is] = [aspects[kind](before), aspects[kind](after)]
    return was === is ? [] : [{ entity, ...(field !== undefined && { field }), kind, was, is }]
  })
}

function yesOrNo(flag: boolean): string {
  return flag ? 'yes' : 'no'
}

import type { IntegrationConfig } from '../config/config.ts'
import type { Children, Document, Fields, FieldValue, Known, Plan, Step } from '../crm/plan.ts'
import { type Expression, fieldsIn } from '../crm/where.ts'
import type { FormSubmission } from '../events/form-submission.ts'
import { automationFields } from './automation-fields.ts'
import { planFor } from './index.ts'
import { FULL_ORDER } from './order/full-order.ts'
import { type FullMapping, orderMappingOf } from './order/mapping.ts'

/** `sf` and 26 characters. */
export const MARKER_LENGTH = 28

/** One field of the CRM that the configuration makes the functions use. */
export type ConfiguredField = {
  /** Where in integration.config.ts it comes from: `sources.contact`. */
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

/** A submission with everything a form can have, so that its plan uses every field there is a use for. */
const FULL: Omit<FormSubmission, 'form'> = {
  kind: 'form-submission',
  firstName: 'x',
  lastName: 'x',
  email: 'x@example.com',
  phone: '1',
  company: 'x',
  subject: 'x',
  message: 'x',
  fields: [],
  files: [],
}

/**
 * Every entity and field that the plans of the configured sources use, each once for each source, and that the configured
 * automations look at.
 * @param kinds what each instance takes
 */
export function configuredFields(
  config: IntegrationConfig,
  kinds: ReadonlyMap<string, 'form' | 'order'>,
): ConfiguredField[] {
  const ofSources = Object.keys(config.sources).flatMap((instance) => {
    const context = { config, instance, receivedAt: new Date(0), fileUrl: () => '' }
    const path = `sources.${instance}`
    if (kinds.get(instance) !== 'order')
      return fieldsOfPlan(
        planFor('form-submission', { snapshot: { ...FULL, form: instance }, facts: [] }, context),
        path,
      )
    const plan = planFor('order', { snapshot: FULL_ORDER, facts: [] }, context)
    return fieldsOfPlan(plan, path, codesOf(orderMappingOf(config, instance), path))
  })
  return [...ofSources, ...automationFields(config)]
}

/** The codes that orders get in one state or another. */
function codesOf({ stages, statuses }: FullMapping, path: string): ConfiguredField[] {
  const codes = (field: string, table: Readonly<Record<string, string>>) =>
    Object.values(table).map((value): ConfiguredField => {
      return { path, entity: 'Opportunity', field, use: 'written', value, needs: value.length }
    })
  return [...codes('oppo_stage', stages), ...codes('oppo_status', statuses)]
}

function fieldsOfPlan(plan: Plan, path: string, more: readonly ConfiguredField[] = []): ConfiguredField[] {
  const { steps, known = [], document } = plan
  const all = [
    ...steps.flatMap((step) => fieldsOfStep(step, path)),
    ...known.flatMap((one) => knownFields(one, path)),
    ...(document === undefined ? [] : documentFields(document, steps, path)),
    ...more,
  ]
  const byUse = new Map(all.map((one) => [keyOf(one, more.includes(one)), one]))
  return [...byUse.values()]
}

function keyOf({ entity, field, use, value = '' }: ConfiguredField, isCode: boolean): string {
  return `${entity}.${field}.${use}${isCode ? `.${value}` : ''}`.toLowerCase()
}

function knownFields({ resource, field, and = {}, carry = {} }: Known, path: string): ConfiguredField[] {
  const read = [...Object.keys(and), ...Object.values(carry)]
  return [
    { path, entity: resource, field, use: 'searched' },
    ...read.map((name): ConfiguredField => ({ path, entity: resource, field: name, use: 'read' })),
  ]
}

/** What is read of a document and its lines after their writes. */
function documentFields(
  { head, lineResource, lineOwner, watched, totals }: Document,
  steps: readonly Step[],
  path: string,
): ConfiguredField[] {
  const entity = steps.find(({ as }) => as === head)?.resource ?? ''
  const read = (of: string, names: readonly string[]) =>
    names.map((field): ConfiguredField => ({ path, entity: of, field, use: 'read' }))
  return [
    ...read(entity, [...watched.head, ...Object.keys(totals.expected)]),
    ...read(lineResource, [...watched.line, totals.lineTotal]),
    ...(totals.addedUpBy === 'us' ? writtenTotals(totals, steps, path) : []),
    { path, entity: lineResource, field: lineOwner, use: 'searched' },
  ]
}

function writtenTotals({ written: all }: Document['totals'], steps: readonly Step[], path: string) {
  return steps.flatMap(({ as, resource }) => written(resource, all[as] ?? {}, path))
}

function fieldsOfStep(step: Step, path: string): ConfiguredField[] {
  const { resource, create, update = {}, children, match, carry } = step
  const carried = Object.values(carry ?? {}).map(
    (field): ConfiguredField => ({ path, entity: resource, field, use: 'read' }),
  )
  return [
    ...written(resource, match.by === 'step' ? update : create, path),
    ...childFields(children ?? {}, path),
    ...carried,
    ...matchFields(resource, match, path),
  ]
}

function written(entity: string, fields: Fields, path: string): ConfiguredField[] {
  return Object.entries(fields).map(([field, value]) => ({
    path,
    entity,
    field,
    use: 'written',
    ...codeOf(value),
  }))
}

/** Text that is written as it is, or the caption of a code. */
function codeOf(value: FieldValue): Pick<ConfiguredField, 'value' | 'needs'> {
  if (typeof value === 'string') return { value, needs: value.length }
  const isMeant = typeof value === 'object' && value !== null && 'caption' in value && !value.orOmit
  return isMeant ? { value: value.caption } : {}
}

function childFields(children: Children, path: string): ConfiguredField[] {
  return Object.entries(children).flatMap(([key, list]) =>
    list.flatMap(({ fields }) => written(key.charAt(0).toUpperCase() + key.slice(1), fields, path)),
  )
}

function matchFields(resource: string, match: Step['match'], path: string): ConfiguredField[] {
  if (match.by === 'marker')
    return [
      {
        path: `crm.markerFields.${resource}`,
        entity: resource,
        field: match.field,
        use: 'written',
        needs: MARKER_LENGTH,
        marker: true,
      },
    ]
  if (match.by === 'id')
    return Object.keys(match.seen).map((field) => ({ path, entity: resource, field, use: 'read' }))
  if (match.by === 'step') return []
  if (match.by === 'trailing-line') return searched(resource, match.where, path)
  if (match.by === 'equal')
    return match.fields.map((field): ConfiguredField => ({ path, entity: resource, field, use: 'searched' }))
  return match.search.flatMap(({ resource: entity, where, idField, equal }) => [
    ...searched(entity, where, path),
    ...[...(idField === undefined ? [] : [idField]), ...Object.keys(equal)].map(
      (field): ConfiguredField => ({ path, entity, field, use: 'read' }),
    ),
  ])
}

function searched(entity: string, where: Expression, path: string): ConfiguredField[] {
  return fieldsIn(where).map((field) => ({ path, entity, field, use: 'searched' }))
}

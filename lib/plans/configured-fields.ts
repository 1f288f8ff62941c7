import type { IntegrationConfig } from '../config/config.ts'
import type { Children, Fields, FieldValue, Plan, Step } from '../crm/plan.ts'
import { type Expression, fieldsIn } from '../crm/where.ts'
import type { FormSubmission } from '../events/form-submission.ts'
import { planFor } from './index.ts'

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

/** Every entity and field that the plans of the configured sources use, each once for each source. */
export function configuredFields(config: IntegrationConfig): ConfiguredField[] {
  return Object.keys(config.sources).flatMap((instance) => {
    const context = { config, instance, receivedAt: new Date(0), fileUrl: () => '' }
    return fieldsOfPlan(
      planFor('form-submission', { snapshot: { ...FULL, form: instance }, facts: [] }, context),
      `sources.${instance}`,
    )
  })
}

function fieldsOfPlan(plan: Plan, path: string): ConfiguredField[] {
  const all = plan.steps.flatMap((step) => fieldsOfStep(step, path))
  return [...new Map(all.map((one) => [`${one.entity}.${one.field}.${one.use}`.toLowerCase(), one])).values()]
}

function fieldsOfStep({ resource, create, children, match, carry }: Step, path: string): ConfiguredField[] {
  const carried = Object.values(carry ?? {}).map(
    (field): ConfiguredField => ({ path, entity: resource, field, use: 'read' }),
  )
  return [
    ...written(resource, create, path),
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
    ...(isText(value) && { value, needs: value.length }),
  }))
}

function isText(value: FieldValue): value is string {
  return typeof value === 'string'
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

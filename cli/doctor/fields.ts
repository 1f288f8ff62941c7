import type { Row } from '../../lib/crm/client.ts'
import { type CrmError, CrmForbiddenError, CrmNotFoundError } from '../../lib/crm/errors.ts'
import { codeMeant, listed } from '../../lib/crm/prototypes/choices.ts'
import { type Entity, type Field, findField, isRequired } from '../../lib/crm/prototypes/field.ts'
import { readPrototypes } from '../../lib/crm/prototypes/live.ts'
import { kindsOf } from '../../lib/delivery/instances.ts'
import { type ConfiguredField, configuredFields, MARKER_LENGTH } from '../../lib/plans/configured-fields.ts'
import { loadSource } from '../../lib/sources/index.ts'
import { bad, type Finding, good, type Patient, unclear } from './finding.ts'

/** Whether every entity and field that integration.config.ts uses is there for this user. Reads only. */
export async function checkFields(patient: Patient): Promise<Finding[]> {
  const kinds = await kindsOf({ config: patient.config, loadSource })
  const used = Map.groupBy(configuredFields(patient.config, kinds), ({ entity }) => entity)
  const { captionFamilies } = patient.config.crm
  const { entities } = await readPrototypes(patient.crm, { captionFamilies, names: [...used.keys()] })
  const findings: Finding[] = []
  for (const [name, fields] of used) {
    const entity = entities.find((one) => one.name === name)
    findings.push(...(entity === undefined ? [hidden(name)] : await checkEntity(patient, entity, fields)))
  }
  return findings
}

async function checkEntity(
  { crm }: Patient,
  entity: Entity,
  fields: readonly ConfiguredField[],
): Promise<Finding[]> {
  try {
    const shown = await someRow(crm, entity.name)
    const problems = fields.flatMap((field) => problemOf(entity, field, shown) ?? [])
    const found = problems.length > 0 ? problems : summary(entity, fields, shown)
    return [...found, ...unset(entity, fields)]
  } catch (error) {
    if (error instanceof CrmNotFoundError || error instanceof CrmForbiddenError)
      return [hidden(entity.name, error)]
    throw error
  }
}

function hidden(name: string, error?: CrmError): Finding {
  const why = error === undefined ? '' : `: ${error.message}`
  return bad(name, `not there for this user${why}`, externalAccess(name))
}

function externalAccess(name: string): string {
  return `Administration, Customization, ${name}, External Access: allow it; or give the user the right to read it`
}

function summary(entity: Entity, fields: readonly ConfiguredField[], shown: Row | undefined): Finding[] {
  const unknown = fields.filter(
    ({ field, marker }) => marker && findField(entity, field)?.maxLength === undefined,
  )
  const uses = fields.length === 1 ? '1 field' : `${fields.length} fields`
  const found =
    shown === undefined
      ? unclear(
          entity.name,
          `${uses} used, all described; there is no record yet to see whether they come with it`,
        )
      : good(entity.name, `${uses} used, all there`)
  const unmeasured = unknown.map(({ field }) =>
    unclear(
      `${entity.name}.${field}`,
      `how long it may be is not said; a marker has ${MARKER_LENGTH} characters`,
    ),
  )
  return [found, ...unmeasured]
}

/** Any record, to see which fields come with it; undefined when there is none. */
async function someRow(crm: Patient['crm'], name: string): Promise<Row | undefined> {
  const { rows } = await crm.entity(name).feed({ count: 1 })
  return rows[0]
}

function problemOf(entity: Entity, used: ConfiguredField, shown: Row | undefined): Finding | undefined {
  const what = `${entity.name}.${used.field}`
  const field = findField(entity, used.field)
  const from = `used by ${used.path}`
  if (field === undefined)
    return bad(what, `not there for this user, ${from}`, 'check its name, and the field security of the user')
  if (used.use === 'written' && field.readOnly)
    return bad(what, `read-only for this user, ${from}`, 'allow the user to change it (field security)')
  if (shown !== undefined && shown.get(field.name) === undefined)
    return bad(what, `does not come with a record, ${from}`, 'allow the user to see it (field security)')
  return codeProblem(what, field, used) ?? lengthProblem(what, field, used)
}

function codeProblem(
  what: string,
  { choices }: Field,
  { value, path }: ConfiguredField,
): Finding | undefined {
  if (value === undefined || choices === undefined || choices.some(({ code }) => code === value))
    return undefined
  const meant = codeMeant({ choices }, value)
  const advice = meant === undefined ? `use one of ${listed({ choices })}` : `write its code, ${meant}`
  return bad(what, `has no code "${value}", used by ${path}`, advice)
}

function lengthProblem(
  what: string,
  { maxLength }: Field,
  { marker, needs = 0, path }: ConfiguredField,
): Finding | undefined {
  if (maxLength === undefined || maxLength >= needs) return undefined
  const content = marker ? 'a marker' : `what ${path} writes`
  return bad(
    what,
    `${maxLength} characters are too few for ${content}`,
    `name a longer text field in ${path}`,
  )
}

/** Mandatory fields of an entity that the functions create without setting them. */
function unset(entity: Entity, fields: readonly ConfiguredField[]): Finding[] {
  if (!fields.some(({ use }) => use === 'written')) return []
  const isSet = ({ name }: Field) =>
    fields.some(({ field, use }) => use === 'written' && field.toLowerCase() === name.toLowerCase())
  const missing = entity.fields.filter((field) => isRequired(field) && !isSet(field))
  return missing.map(({ name }) =>
    bad(
      `${entity.name}.${name}`,
      'is mandatory, and nothing sets it',
      'give it a default in Sage CRM, or make it optional',
    ),
  )
}

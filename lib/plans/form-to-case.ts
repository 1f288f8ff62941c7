import { createHash } from 'node:crypto'
import type { CaseMapping, IntegrationConfig } from '../config/config.ts'
import { type Fields, noteOf, type Plan, type Step } from '../crm/plan.ts'
import type { FormSubmission } from '../events/form-submission.ts'
import type { Story } from '../events/index.ts'
import { base32Lower } from '../values/text.ts'
import { differencesSteps } from './differences.ts'
import { ruledFields } from './field-rules.ts'
import type { PlanContext } from './index.ts'
import { companyNamed, partyFields, personWithEmail } from './party-steps.ts'
import { submissionAsText } from './submission-text.ts'

const HASH_CHARACTERS = 13

/**
 * A form submission becomes a case, linked to its company (by name) and person (by e-mail), with everything that was
 * sent in a note. Without a company name the person's own company is used; without an e-mail address nobody can be
 * told apart, so the case stands alone and the note says who wrote. A submission that its vendor lets people edit updates
 * its case; the company and the person stay as they are. Where the mapping says so the case comes first, so that people see it
 * after one request, and is linked to its company and person as soon as they are there.
 */
export function formToCase({ snapshot }: Story<FormSubmission>, context: PlanContext): Plan {
  return snapshot === undefined ? { steps: [] } : planSubmission(snapshot, context)
}

function planSubmission(submission: FormSubmission, context: PlanContext): Plan {
  const mapping = mappingOf(context.config, context.instance)
  const parties = partySteps(submission, mapping, context.config.crm)
  const links = partyFields(parties, 'case_primarycompanyid', 'case_primarypersonid')
  const steps =
    mapping.parties === 'after'
      ? caseFirst(caseStep(submission, context, [], {}), parties, links)
      : [...parties, caseStep(submission, context, parties, links)]
  const said = { ...submission, by: `The form "${submission.form}"` }
  const owner = { as: 'case', resource: 'Cases' }
  return { steps: [...steps, noteStep(submission, context), ...differencesSteps(owner, parties, said)] }
}

/** Once known they stay, whatever an edited submission says. */
function partySteps(
  submission: FormSubmission,
  { several = 'oldest' }: CaseMapping,
  crm: IntegrationConfig['crm'],
): Step[] {
  const { company: named, email } = submission
  const recognised = { several, stays: true } as const
  const company = named === undefined ? undefined : companyNamed(named, recognised)
  const person =
    email === undefined ? undefined : personWithEmail({ ...submission, email }, company, crm, recognised)
  return [company, person].flatMap((step) => step ?? [])
}

/** The case is there after one request, its company and person come after it. */
function caseFirst(record: Step, parties: readonly Step[], links: Fields): Step[] {
  const later = parties.map((step) => ({ ...step, needs: ['case', ...step.needs] }))
  return [record, ...later, ...linksStep(parties, links)]
}

/** Company and person of a case that was there before them. Links that people have set stay. */
function linksStep(parties: readonly Step[], update: Fields): Step[] {
  if (parties.length === 0) return []
  const needs = ['case', ...parties.map(({ as }) => as)]
  return [{ as: 'links', resource: 'Cases', needs, match: { by: 'step', of: 'case' }, create: {}, update }]
}

function caseStep(
  submission: FormSubmission,
  { config, instance }: PlanContext,
  parties: readonly Step[],
  links: Fields,
): Step {
  const mapping = mappingOf(config, instance)
  const title = { case_description: { fit: describe(submission, mapping) } }
  const columns = ruledFields(mapping.fields, submission)
  const mapped = { ...mappedFields(mapping), ...links }
  const { message } = submission
  return {
    as: 'case',
    resource: 'Cases',
    needs: parties.map((step) => step.as),
    match: { by: 'marker', field: config.crm.markerFields.Cases },
    create: {
      ...columns,
      ...title,
      ...(message !== undefined && { case_problemnote: message }),
      ...mapped,
    },
    ...(mayBeEdited(submission) && {
      update: { ...columns, ...title, case_problemnote: message ?? '', ...mapped },
    }),
  }
}

/** What has no version is never sent again: its case stays as it was made. */
function mayBeEdited({ standing }: FormSubmission): boolean {
  return standing?.is === 'snapshot'
}

/** The nearer to the source, the more it counts. */
function mappingOf({ defaults, case: all, sources }: IntegrationConfig, instance: string): CaseMapping {
  const own = sources[instance]?.case
  return { ...defaults, ...all, ...own, fields: { ...all.fields, ...own?.fields } }
}

function describe({ subject, message, form }: FormSubmission, { title }: CaseMapping): string {
  const gist = (subject ?? message ?? form).split('\n', 1).join('').trim()
  return title === undefined ? gist : `${title}: ${gist}`
}

const CASE_FIELDS = {
  source: 'case_source',
  status: 'case_status',
  stage: 'case_stage',
  priority: 'case_priority',
  problemType: 'case_problemtype',
  productArea: 'case_productarea',
  assignedUserId: 'case_assigneduserid',
  teamId: 'case_channelid',
  slaId: 'case_slaid',
  territoryId: 'case_secterr',
} as const satisfies Partial<Record<keyof CaseMapping, string>>

function mappedFields(mapping: CaseMapping): Fields {
  const pairs = Object.entries(CASE_FIELDS).flatMap(([key, field]) => {
    const value = mapping[key as keyof typeof CASE_FIELDS]
    return value === undefined ? [] : [[field, value] as const]
  })
  return Object.fromEntries(pairs)
}

/** What an edited submission says comes into a further note: the earlier ones stay as people have read them. */
function noteStep(submission: FormSubmission, context: PlanContext): Step {
  const as = mayBeEdited(submission) ? `note-${contentHash(submission)}` : 'note'
  return noteOf(as, 'case', 'Cases', submissionAsText(submission, context))
}

/** Of what the visitor sent: the same content, sent again with a newer version, needs no further note. */
function contentHash({ fields, files, links = [] }: FormSubmission): string {
  const content = JSON.stringify([fields, files, links])
  return base32Lower(createHash('sha256').update(content).digest()).slice(0, HASH_CHARACTERS)
}

import { createHash } from 'node:crypto'
import type { CaseMapping, IntegrationConfig } from '../config/config.ts'
import type { Child, Fields, Plan, Step } from '../crm/plan.ts'
import type { FormSubmission } from '../events/form-submission.ts'
import type { Story } from '../events/index.ts'
import { base32Lower, normalizeKey } from '../values/text.ts'
import { ruledFields } from './field-rules.ts'
import type { PlanContext } from './index.ts'
import { submissionAsText } from './submission-text.ts'

const HASH_CHARACTERS = 13

/**
 * A form submission becomes a case, linked to its company (by name) and person (by e-mail), with everything that was
 * sent in a note. Without a company name the person's own company is used; without an e-mail address nobody can be
 * told apart, so the case stands alone and the note says who wrote. A submission that its vendor lets people edit updates
 * its case; the company and the person stay as they are.
 */
export function formToCase({ snapshot }: Story<FormSubmission>, context: PlanContext): Plan {
  return snapshot === undefined ? { steps: [] } : planSubmission(snapshot, context)
}

function planSubmission(submission: FormSubmission, context: PlanContext): Plan {
  const company = companyStep(submission)
  const person = personStep(submission, context.config, company)
  const parties = [company, person].flatMap((step) => (step === undefined ? [] : [step]))
  const record = caseStep(submission, context, parties)
  return { steps: [...parties, record, noteStep(submission, context)] }
}

function companyStep({ company }: FormSubmission): Step | undefined {
  if (company === undefined) return undefined
  const name = { fit: company }
  return {
    as: 'company',
    resource: 'Company',
    needs: [],
    match: {
      by: 'natural',
      stays: true,
      key: `company:${normalizeKey(company)}`,
      search: [
        {
          resource: 'Company',
          where: { op: 'eq', field: 'comp_name', value: name },
          equal: { comp_name: name },
        },
      ],
    },
    create: { comp_name: name },
  }
}

function personStep(submission: FormSubmission, config: IntegrationConfig, company?: Step): Step | undefined {
  const { email } = submission
  if (email === undefined) return undefined
  const at = config.crm.personByEmail
  return {
    as: 'person',
    resource: 'Person',
    needs: company === undefined ? [] : [company.as],
    match: {
      by: 'natural',
      stays: true,
      key: `person:${normalizeKey(email)}`,
      search: [
        {
          resource: at.resource,
          idField: at.id,
          where: { op: 'eq', field: at.email, value: email },
          equal: { [at.email]: email },
        },
      ],
    },
    create: { ...personName(submission, email), ...(company && { pers_companyid: { ref: company.as } }) },
    children: { email: [emailChild(email)], ...phoneChildren(submission) },
    carry: { company: 'pers_companyid' },
  }
}

/** Sage CRM insists on a last name; the part of the address before the @ is the best there is. */
function personName({ firstName, lastName }: FormSubmission, email: string): Fields {
  const last = lastName ?? firstName ?? email.slice(0, email.lastIndexOf('@'))
  const first = lastName === undefined ? undefined : firstName
  return { pers_lastname: { fit: last }, ...(first !== undefined && { pers_firstname: { fit: first } }) }
}

function emailChild(email: string): Child {
  return { type: 'Business', isDefault: true, fields: { emai_emailaddress: email } }
}

function phoneChildren({ phone }: FormSubmission): { phone?: Child[] } {
  if (phone === undefined) return {}
  return { phone: [{ type: 'Business', isDefault: true, fields: { phon_number: { fit: phone } } }] }
}

function caseStep(
  submission: FormSubmission,
  { config, instance }: PlanContext,
  parties: readonly Step[],
): Step {
  const mapping = mappingOf(config, instance)
  const title = { case_description: { fit: describe(submission, mapping) } }
  const columns = ruledFields(mapping.fields, submission)
  const mapped = { ...mappedFields(mapping), ...partyFields(parties) }
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

/** The company that was named, or else the one the person belongs to. */
function partyFields(parties: readonly Step[]): Fields {
  const has = (as: string) => parties.some((step) => step.as === as)
  const company = has('company') ? { ref: 'company' } : { ref: 'person', carried: 'company' }
  return {
    ...((has('company') || has('person')) && { case_primarycompanyid: company }),
    ...(has('person') && { case_primarypersonid: { ref: 'person' } }),
  }
}

/** What an edited submission says comes into a further note: the earlier ones stay as people have read them. */
function noteStep(submission: FormSubmission, context: PlanContext): Step {
  return {
    as: mayBeEdited(submission) ? `note-${contentHash(submission)}` : 'note',
    resource: 'Notes',
    needs: ['case'],
    match: {
      by: 'trailing-line',
      field: 'note_note',
      where: {
        op: 'and',
        of: [
          { op: 'eq', field: 'note_foreigntableid', value: { tableOf: 'Cases' } },
          { op: 'eq', field: 'note_foreignid', value: { ref: 'case' } },
        ],
      },
    },
    create: {
      note_note: submissionAsText(submission, context),
      note_foreigntableid: { tableOf: 'Cases' },
      note_foreignid: { ref: 'case' },
    },
  }
}

/** Of what the visitor sent: the same content, sent again with a newer version, needs no further note. */
function contentHash({ fields, files, links = [] }: FormSubmission): string {
  const content = JSON.stringify([fields, files, links])
  return base32Lower(createHash('sha256').update(content).digest()).slice(0, HASH_CHARACTERS)
}

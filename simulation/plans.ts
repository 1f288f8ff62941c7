import type { Plan, Step } from '../lib/crm/plan.ts'
import type { FormSubmission } from '../lib/events/form-submission.ts'
import type { CanonicalEvent, Story } from '../lib/events/index.ts'
import { type PlanContext, planFor } from '../lib/plans/index.ts'
import { normalizeKey } from '../lib/values/text.ts'
import { MARKER_FIELDS } from './entities.ts'

/** The real plan for forms; for the simulated shop one that uses what a plan can say: updates, facts, waves of steps. */
export function planOf(kind: CanonicalEvent['kind'], story: Story, context: PlanContext): Plan {
  return context.instance === 'shop'
    ? orderPlan(story as Story<FormSubmission>)
    : planFor(kind, story, context)
}

/** What became of the order, by everything that is known of it. */
export type OrderState = { readonly total: string; readonly stage: string; readonly facts: readonly string[] }

export function orderState(total: string, status: string, facts: Iterable<string>): OrderState {
  const names = [...new Set(facts)].toSorted()
  const closing = ['cancelled', 'refunded'].find((name) => names.includes(name))
  return { total, stage: closing ?? status, facts: names }
}

function orderPlan({ snapshot, facts }: Story<FormSubmission>): Plan {
  if (snapshot === undefined) return { steps: [] }
  const value = (name: string) => snapshot.fields.find((field) => field.name === name)?.value ?? ''
  const state = orderState(
    value('total'),
    value('status'),
    facts.map(({ name }) => name),
  )
  const { email = '', company = '', subject: order = '' } = snapshot
  return {
    steps: [companyStep(company), personStep(email), orderStep(order, state), ...belowOrder(order, state)],
  }
}

function companyStep(name: string): Step {
  const where = { op: 'eq', field: 'comp_name', value: name } as const
  return {
    as: 'company',
    resource: 'Company',
    needs: [],
    match: {
      by: 'natural',
      key: `company:${normalizeKey(name)}`,
      search: [{ resource: 'Company', where, equal: { comp_name: name } }],
    },
    create: { comp_name: name },
  }
}

function personStep(email: string): Step {
  const field = 'pers_emailaddress'
  const where = { op: 'eq', field, value: email } as const
  return {
    as: 'person',
    resource: 'Person',
    needs: [],
    match: {
      by: 'natural',
      key: `person:${normalizeKey(email)}`,
      search: [{ resource: 'vPerson', idField: 'pers_personid', where, equal: { [field]: email } }],
    },
    create: { pers_lastname: email.slice(0, email.indexOf('@')) },
    children: { email: [{ type: 'Business', isDefault: true, fields: { emai_emailaddress: email } }] },
  }
}

function orderStep(order: string, { total, stage }: OrderState): Step {
  const state = { oppo_total: total, oppo_stage: stage }
  return {
    as: 'order',
    resource: 'Opportunity',
    needs: ['company', 'person'],
    match: { by: 'marker', field: MARKER_FIELDS['Opportunity'] ?? '' },
    create: {
      oppo_description: `Order ${order}`,
      oppo_primarycompanyid: { ref: 'company' },
      oppo_primarypersonid: { ref: 'person' },
      ...state,
    },
    update: state,
  }
}

/** Independent of each other: one wave. */
function belowOrder(order: string, { total, stage, facts }: OrderState): Step[] {
  const notes = ['placed', ...facts].map((name) => noteStep(name, `Order ${order}: ${name}`))
  const text = `Call about order ${order}: ${total}, ${stage}`
  const task: Step = {
    as: 'task',
    resource: 'Communication',
    needs: ['order'],
    match: {
      by: 'trailing-line',
      field: 'comm_note',
      where: { op: 'eq', field: 'comm_opportunityid', value: { ref: 'order' } },
    },
    create: { comm_note: text, comm_opportunityid: { ref: 'order' } },
    update: { comm_note: text },
  }
  return [...notes, task]
}

function noteStep(name: string, text: string): Step {
  const owner = {
    note_foreigntableid: { tableOf: 'Opportunity' },
    note_foreignid: { ref: 'order' },
  } as const
  const terms = Object.entries(owner).map(([field, value]) => ({ op: 'eq', field, value }) as const)
  return {
    as: `note-${name}`,
    resource: 'Notes',
    needs: ['order'],
    match: { by: 'trailing-line', field: 'note_note', where: { op: 'and', of: terms } },
    create: { note_note: text, ...owner },
  }
}

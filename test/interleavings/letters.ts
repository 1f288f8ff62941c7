import type { Plan, Step } from '../../lib/crm/plan.ts'
import type { FormSubmission } from '../../lib/events/form-submission.ts'
import type { Story } from '../../lib/events/index.ts'
import type { Standing } from '../../lib/events/standing.ts'
import type { Source, Verified } from '../../lib/sources/source.ts'

/** What the interleavings deliver: a state (with the sender's version) or a fact of a subject, perhaps of a company. */
export type Letter = {
  readonly text: string
  readonly version?: number
  readonly fact?: string
  readonly company?: string
}

type Event = FormSubmission & { readonly letter: Letter }

export function verified(letter: Letter): Verified {
  return { headers: {}, payload: letter }
}

export const letterSource: Source = {
  name: 'letter',
  kind: 'form',
  inlineBudgetMs: 20_000,
  verify: async () => verified({ text: '' }),
  identify: () => ({ id: '', aliases: [] }),
  toEvent: ({ payload }): Event => {
    const letter = payload as Letter
    return {
      kind: 'form-submission',
      form: 'letters',
      standing: standingOf(letter),
      fields: [],
      files: [],
      letter,
    }
  },
  sign: () => ({}),
}

function standingOf({ fact, version }: Letter): Standing {
  if (fact !== undefined) return { is: 'fact', name: fact }
  return { is: 'snapshot', ...(version !== undefined && { version }) }
}

/** A case that follows its subject, with a note; of a company that others may be making at the same time. */
export function planLetter({ snapshot, facts }: Story): Plan {
  if (snapshot === undefined) return { steps: [] }
  const { text, company } = (snapshot as Event).letter
  const fields = { case_description: text, case_status: facts.length > 0 ? 'Closed' : 'In Progress' }
  const parties = company === undefined ? [] : [companyStep(company)]
  const record: Step = {
    as: 'case',
    resource: 'Cases',
    needs: parties.map(({ as }) => as),
    match: { by: 'marker', field: 'case_customerref' },
    create: { ...fields, ...(company !== undefined && { case_primarycompanyid: { ref: 'company' } }) },
    update: fields,
  }
  return { steps: [...parties, record, NOTE] }
}

function companyStep(name: string): Step {
  const where = { op: 'eq', field: 'comp_name', value: name } as const
  return {
    as: 'company',
    resource: 'Company',
    needs: [],
    match: {
      by: 'natural',
      key: `company:${name}`,
      search: [{ resource: 'Company', where, equal: { comp_name: name } }],
    },
    create: { comp_name: name },
  }
}

const NOTE: Step = {
  as: 'note',
  resource: 'Notes',
  needs: ['case'],
  match: {
    by: 'trailing-line',
    field: 'note_note',
    where: { op: 'eq', field: 'note_foreignid', value: { ref: 'case' } },
  },
  create: { note_note: 'a note', note_foreignid: { ref: 'case' } },
}

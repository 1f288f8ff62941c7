import type { Plan, Step } from '../../lib/crm/plan.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import type { Outcome } from '../../lib/delivery/outcome.ts'
import { receive } from '../../lib/delivery/receive.ts'
import type { FormSubmission } from '../../lib/events/form-submission.ts'
import type { Standing } from '../../lib/events/standing.ts'
import { loadSource } from '../../lib/sources/index.ts'
import type { Source } from '../../lib/sources/source.ts'
import type { LedgerStore } from './ledger-stores.ts'
import { formRequest, minute, startPipe, type TestPipe } from './pipe.ts'

/**
 * A ticket of another system: a subject with a whole life. A delivery is a snapshot with a version (`version`, `subject`,
 * `priority`) or a fact (`fact=cancelled`).
 */
export type Ticket = Readonly<Record<'ticket' | 'version' | 'subject' | 'priority' | 'fact', string>>
export type Delivery = Partial<Ticket> & { readonly ticket: string }

type Event = FormSubmission & { readonly ticket: Delivery }

const ticketSource: Source = {
  name: 'ticket',
  kind: 'form',
  inlineBudgetMs: 20_000,
  verify: async (request) => ({
    headers: {},
    payload: Object.fromEntries(new URLSearchParams(request.body.toString())),
  }),
  identify: ({ payload }) => {
    const delivery = payload as Delivery
    return { id: JSON.stringify(delivery), aliases: [], subject: delivery.ticket }
  },
  toEvent: ({ payload }): Event => {
    const ticket = payload as Delivery
    const standing: Standing =
      ticket.fact === undefined
        ? { is: 'snapshot', ...(ticket.version !== undefined && { version: Number(ticket.version) }) }
        : { is: 'fact', name: ticket.fact }
    return { kind: 'form-submission', form: 'tickets', standing, fields: [], files: [], ticket }
  },
  sign: () => ({}),
}

/** A case that follows its ticket, with a note that does, too. */
function planTicket(snapshot: Event | undefined, facts: readonly string[]): Plan {
  if (snapshot === undefined) return { steps: [] }
  const { subject = '', priority = 'Normal' } = snapshot.ticket
  const status = facts.includes('cancelled') ? 'Closed' : 'In Progress'
  const fields = { case_description: subject, case_priority: priority, case_status: status }
  const record: Step = {
    as: 'case',
    resource: 'Cases',
    needs: [],
    match: { by: 'marker', field: 'case_customerref' },
    create: fields,
    update: fields,
  }
  return { steps: [record, noteOf(facts)] }
}

function noteOf(facts: readonly string[]): Step {
  const fields = { note_note: `facts: ${facts.toSorted().join(', ') || 'none'}` }
  return {
    as: 'note',
    resource: 'Notes',
    needs: ['case'],
    match: {
      by: 'trailing-line',
      field: 'note_note',
      where: { op: 'eq', field: 'note_foreignid', value: { ref: 'case' } },
    },
    create: { ...fields, note_foreigntableid: { tableOf: 'Cases' }, note_foreignid: { ref: 'case' } },
    update: fields,
  }
}

export type TicketPipe = TestPipe & {
  /** Delivers one ticket event to its end, without time passing. */
  send(delivery: Delivery): Promise<Outcome>
  receive(delivery: Delivery): Promise<{ eventId: string; outcome: Outcome }>
  redrive(delivery: Delivery, how?: 'check' | 'recreate'): Promise<Outcome>
}

/** The real pipe with tickets in place of forms. */
export async function startTicketPipe(on: LedgerStore): Promise<TicketPipe> {
  const test = await startPipe({
    on,
    loadSource: async (name) => (name === 'ticket' ? ticketSource : loadSource(name)),
    plan: (_kind, { snapshot, facts }) =>
      planTicket(
        snapshot as Event | undefined,
        facts.map(({ name }) => name),
      ),
  })
  const { pipe } = test
  const receiveTicket = (delivery: Delivery) =>
    receive(formRequest(delivery), { kind: 'form', name: 'tickets' }, pipe, minute())
  return {
    ...test,
    receive: receiveTicket,
    send: async (delivery) => {
      const { eventId, outcome } = await receiveTicket(delivery)
      return outcome.kind === 'retry-later' ? test.untilFinished(eventId) : outcome
    },
    redrive: async (delivery, how = 'check') => {
      const stored = await pipe.ledger.load(`tickets:${JSON.stringify(delivery)}`)
      if (stored === undefined) throw new Error('there is no such event')
      await pipe.ledger.redrive(stored, how)
      return deliver(stored.record.id, pipe, minute())
    },
  }
}

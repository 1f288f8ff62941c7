import { createHash } from 'node:crypto'
import { type FieldValue, noteOf, type Step } from '../../crm/plan.ts'
import { decimalText } from '../../values/money.ts'
import { partyFields } from '../party-steps.ts'
import type { Amounts } from './amounts.ts'
import { definite } from './definite.ts'
import type { OrderLife } from './life.ts'
import { textOf, totalOf } from './lines.ts'
import type { FullMapping } from './mapping.ts'

/** A note of the order's opportunity, known by the marker in its last line. */
export function noteStep(as: string, text: FieldValue): Step {
  return { ...noteOf(as, 'opportunity', 'Opportunity', text), update: { note_note: text } }
}

/**
 * Where people have worked on the quote, or made an order of it: a note with what the order is now, and for each new state of
 * the order a task to look at it.
 */
export function leftSteps(
  life: OrderLife,
  amounts: Amounts,
  mapping: FullMapping,
  parties: readonly Step[],
): Step[] {
  const text = leftText(life, amounts)
  const state = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const note: Step = { ...noteStep('left', text), needs: ['opportunity', 'quote'], when: 'left' }
  return [note, taskStep(`task-${state}`, life, text), linkStep(`task-${state}`, mapping, parties)]
}

function leftText({ order, state }: OrderLife, { lines, header, gross }: Amounts): string {
  const { number, shop, total, currency } = order
  return [
    `Order ${number} of ${shop} has changed. People have worked on its quote, so it was left as it is. The order is now:`,
    '',
    `State: ${state}`,
    ...lines.map(
      (line) =>
        `${decimalText(line.quantity)} × ${textOf(line)}, ${decimalText(line.price)} each: ${decimalText(totalOf(line))}`,
    ),
    ...(header.discount.eq(0) ? [] : [`Discount: −${decimalText(header.discount)}`]),
    `Gross ${decimalText(gross)}, order total ${total} ${currency}`,
  ].join('\n')
}

function taskStep(as: string, { order }: OrderLife, text: string): Step {
  return {
    as,
    resource: 'Communication',
    needs: ['opportunity', 'quote'],
    when: 'left',
    match: {
      by: 'trailing-line',
      field: 'comm_note',
      where: { op: 'eq', field: 'comm_opportunityid', value: { ref: 'opportunity' } },
    },
    create: {
      comm_type: 'Task',
      comm_action: 'ToDo',
      comm_subject: { fit: `Order ${order.number} has changed, its quote was left as it is` },
      comm_note: text,
      comm_opportunityid: { ref: 'opportunity' },
      comm_quoteid: { ref: 'quote' },
    },
  }
}

/** Whose task it is, and whom it is about: without this nobody sees it. */
function linkStep(task: string, { assignedUserId }: FullMapping, parties: readonly Step[]): Step {
  return {
    as: `${task}-link`,
    resource: 'Comm_Link',
    needs: [task, ...parties.map(({ as }) => as)],
    when: 'left',
    match: { by: 'equal', fields: ['cmli_comm_communicationid'] },
    create: {
      cmli_comm_communicationid: { ref: task },
      ...definite({ cmli_comm_userid: assignedUserId }),
      ...partyFields(parties, 'cmli_comm_companyid', 'cmli_comm_personid'),
    },
  }
}

import { markerOf } from '../lib/delivery/marker.ts'
import type { FormSubmission } from '../lib/events/form-submission.ts'
import type { Order } from '../lib/events/order.ts'
import { type ExpectedOrder, expectedOrder } from './expected-orders.ts'
import { CONFIG } from './worker.ts'
import type { Happening } from './workload.ts'

/** A record that must be in the CRM exactly once, by the marker only it carries. */
export type Expected = {
  readonly entity: string
  readonly marker: string
  /** Under which record's marker, if any. */
  readonly under?: string
  /** Fields that must have these values, unless people have changed them. */
  readonly fields: Readonly<Record<string, string>>
  /** Text that a field must contain. */
  readonly contains?: readonly [field: string, text: string]
  /** Its company and person, by name and address. */
  readonly company?: string | undefined
  readonly email?: string | undefined
  /** There may be records of ours below it whose markers hang on how it came about. */
  readonly hasMore?: true
  readonly order?: ExpectedOrder
}

/** What must be there at the end, decided from the events alone, by other code than the plans'. */
export function expectedRecords(all: readonly Happening[]): Expected[] {
  const bySubject = Map.groupBy(
    all.filter(({ body, poison }) => body.event !== 'ignored' && poison === undefined),
    ({ instance, body }) => `${instance}:${body.subject ?? body.id}`,
  )
  return [...bySubject].flatMap(([subject, events]) => {
    const told = events.map(({ body }) => body.event)
    return subject.startsWith('shop:')
      ? orderRecords(subject, told as readonly Order[])
      : formRecords(subject, told as readonly FormSubmission[])
  })
}

function formRecords(subject: string, all: readonly FormSubmission[]): Expected[] {
  const newest = all.toSorted((one, other) => versionOf(one) - versionOf(other)).at(-1)
  if (newest === undefined) return []
  const marker = markerOf(CONFIG.installation, subject, 'case')
  const { company, email, subject: title = '', message = '' } = newest
  const fields = { case_description: title }
  if (newest.standing !== undefined)
    return [
      {
        entity: 'Cases',
        marker,
        fields: { ...fields, case_problemnote: message },
        company,
        email,
        hasMore: true,
      },
    ]
  const note = markerOf(CONFIG.installation, subject, 'note')
  return [
    { entity: 'Cases', marker, fields, company, email },
    {
      entity: 'Notes',
      marker: note,
      under: marker,
      fields: {},
      contains: ['note_note', `message: ${message}`],
    },
  ]
}

function versionOf({ standing }: FormSubmission): number {
  return standing?.is === 'snapshot' ? Number(standing.version) : 0
}

function orderRecords(subject: string, events: readonly Order[]): Expected[] {
  const order = expectedOrder(events)
  if (order === undefined) return []
  const { newest, stage } = order
  const marker = (as: string) => markerOf(CONFIG.installation, subject, as)
  const under = marker('opportunity')
  const { company, email } = newest.buyer
  const fields = { oppo_forecast: String(Number(newest.total)), oppo_stage: stage }
  const contains = ['note_note', `Total ${newest.total} ${newest.currency}`] as const
  return [
    { entity: 'Opportunity', marker: under, fields, company, email, hasMore: true, order },
    { entity: 'Notes', marker: marker('note'), under, fields: {}, contains },
  ]
}

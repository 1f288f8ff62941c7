import { markerOf } from '../lib/delivery/marker.ts'
import { type OrderState, orderState } from './plans.ts'
import type { FormBody, OrderBody } from './sources.ts'
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
  readonly company?: string
  readonly email?: string
}

/** What must be there at the end, decided from the events alone, by other code than the plans'. */
export function expectedRecords(all: readonly Happening[]): Expected[] {
  const forms = all.filter(({ instance, poison }) => instance !== 'shop' && poison === undefined)
  const orders = Map.groupBy(
    all.filter(({ instance }) => instance === 'shop').map(({ body }) => body as OrderBody),
    ({ order }) => order,
  )
  return [
    ...forms.flatMap(({ instance, body }) => formRecords(instance, body as FormBody)),
    ...[...orders].flatMap(([order, bodies]) => orderRecords(order, bodies)),
  ]
}

function formRecords(instance: string, body: FormBody): Expected[] {
  if (body.honeypot) return []
  const marker = (as: string) => markerOf(CONFIG.installation, `${instance}:${body.id}`, as)
  const { company, email } = body
  const parties = { ...(company !== undefined && { company }), ...(email !== undefined && { email }) }
  const fields = { case_description: body.subject }
  return [
    { entity: 'Cases', marker: marker('case'), fields, ...parties },
    { entity: 'Notes', marker: marker('note'), under: marker('case'), fields: {} },
  ]
}

function orderRecords(order: string, bodies: readonly OrderBody[]): Expected[] {
  const latest = latestState(bodies)
  if (latest === undefined) return []
  const { total, stage, facts } = latest
  const marker = (as: string) => markerOf(CONFIG.installation, `shop:${order}`, as)
  const under = marker('order')
  const first = bodies[0] as OrderBody
  const task = `Call about order ${order}: ${total}, ${stage}\n\n${marker('task')}`
  const notes = ['placed', ...facts].map((name) => ({
    entity: 'Notes',
    marker: marker(`note-${name}`),
    under,
    fields: {},
  }))
  return [
    {
      entity: 'Opportunity',
      marker: under,
      fields: { oppo_total: total, oppo_stage: stage },
      company: first.company,
      email: first.email,
    },
    ...notes,
    { entity: 'Communication', marker: marker('task'), under, fields: { comm_note: task } },
  ]
}

function latestState(bodies: readonly OrderBody[]): OrderState | undefined {
  const states = bodies.flatMap((body) => ('fact' in body ? [] : [body]))
  const latest = states.toSorted((one, other) => one.version - other.version).at(-1)
  const facts = bodies.flatMap((body) => ('fact' in body ? [body.fact] : []))
  return latest && orderState(String(latest.total), latest.status, facts)
}

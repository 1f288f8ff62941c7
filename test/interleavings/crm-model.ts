import type { CrmClient, EntityClient, Row } from '../../lib/crm/client.ts'
import {
  CrmAmbiguousError,
  CrmBusyError,
  CrmNotFoundError,
  CrmUnreachableError,
} from '../../lib/crm/errors.ts'
import type { Expression } from '../../lib/crm/where.ts'
import type { CrmTimes } from '../../lib/delivery/limits.ts'
import type { Step } from './observed-store.ts'

type Fields = Readonly<Record<string, unknown>>
export type CrmRecord = { readonly resource: string; id: string; fields: Fields }

/** A create that reached the CRM: what it would make, when it was sent, and whether its sender knows that it came to nothing. */
export type Arrival = { readonly identity: string; readonly sentAt: number; isDefinite: boolean }

/** A CRM in memory, with what it keeps and what reached it. */
export type CrmModel = {
  readonly records: CrmRecord[]
  readonly arrivals: Arrival[]
  /** What goes on in the CRM, whether anybody waits for it or not. */
  readonly late: Promise<void>[]
  /** Lets others go first, whoever of them has died. */
  readonly step: Step
  /** The same, perhaps many times. */
  readonly linger: Step
  readonly now: () => number
  readonly times: CrmTimes
  /** What goes wrong with the next write. */
  readonly draw: () => Fault
}
export type Fault = 'none' | 'busy' | 'lost' | 'answer-lost' | 'late'

/** What must be there once: our marker, or the name people would use. */
export function identityOf(resource: string, fields: Fields): string {
  const note = String(fields['note_note'] ?? '').split('\n')
  return `${resource} ${fields['case_customerref'] ?? fields['comp_name'] ?? note.at(-1)}`
}

/** A worker's client. Before a request is sent, done and answered, others may go first. */
export function modelClient(crm: CrmModel, step: Step): CrmClient {
  const of = (resource: string) => crm.records.filter((record) => record.resource === resource)
  const entity = (resource: string): Partial<EntityClient> => ({
    find: async (where) => {
      await step(`find ${resource}`)
      const rows = of(resource)
        .filter(({ fields }) => matches(where, fields))
        .map(toRow)
      await step(`found ${resource}`)
      return { rows, filtered: false, received: rows.length }
    },
    get: async (id) => {
      await step(`get ${resource}`)
      const record = of(resource).find((one) => one.id === id)
      if (record === undefined) throw new CrmNotFoundError(`no ${resource} ${id}`)
      return toRow(record)
    },
    create: async (fields, _children, { mayBegin = () => true } = {}) => {
      const arrival = await send(crm, step, mayBegin, identityOf(resource, fields))
      crm.arrivals.push(arrival)
      const record = { resource, id: '', fields }
      const make = () => {
        record.id = String(crm.records.length + 1)
        crm.records.push(record)
      }
      await carryOut(crm, step, arrival, make)
      return toRow(record)
    },
    update: async (id, fields, { mayBegin = () => true } = {}) => {
      const record = of(resource).find((one) => one.id === id)
      if (record === undefined) throw new CrmNotFoundError(`no ${resource} ${id}`)
      const arrival = await send(crm, step, mayBegin, `update ${id}`)
      await carryOut(crm, step, arrival, () => {
        record.fields = { ...record.fields, ...fields }
      })
      return toRow(record)
    },
  })
  return { entity, close: () => undefined } as unknown as CrmClient
}

async function send(crm: CrmModel, step: Step, mayBegin: () => boolean, identity: string): Promise<Arrival> {
  await step(`connect for ${identity}`)
  if (!mayBegin()) throw new CrmUnreachableError('the send window is closed')
  return { identity, sentAt: crm.now(), isDefinite: false }
}

/**
 * What was sent goes on without its sender, who may die. Nothing is committed later than a timeout and the longest request
 * after it was sent; the quarantine rests on it.
 */
async function carryOut(crm: CrmModel, step: Step, arrival: Arrival, commit: () => void): Promise<void> {
  const { requestTimeoutMs, longestRequestMs } = crm.times
  const commitInTime = () => {
    const isInTime = crm.now() < arrival.sentAt + requestTimeoutMs + longestRequestMs
    if (isInTime) commit()
    return isInTime
  }
  const answer = crm.step(`${arrival.identity} travels`).then(() => {
    const fault = crm.draw()
    if (fault === 'late')
      crm.late.push(crm.linger(`${arrival.identity} comes late`).then(() => void commitInTime()))
    const isCommitted = ['none', 'answer-lost'].includes(fault) && commitInTime()
    return { fault, isCommitted }
  })
  crm.late.push(answer.then(() => undefined))
  const { fault, isCommitted } = await answer
  await step(`${arrival.identity} is answered`)
  if (fault === 'busy') {
    arrival.isDefinite = true
    throw new CrmBusyError('turned away', { status: 429 })
  }
  const isTimedOut = crm.now() >= arrival.sentAt + requestTimeoutMs
  if (!isCommitted || isTimedOut || fault === 'answer-lost') throw new CrmAmbiguousError('reset')
}

function matches(where: Expression, fields: Fields): boolean {
  if (where.op === 'and') return where.of.every((part) => matches(part, fields))
  if (where.op !== 'eq') throw new Error(`the model knows no ${where.op}`)
  return String(fields[where.field] ?? '') === String(where.value)
}

function toRow({ id, fields }: CrmRecord): Row {
  const row = { key: id, get: (field: string) => fields[field.toLowerCase()] ?? null }
  return row as unknown as Row
}

import type { EventState } from '../../lib/delivery/records.ts'
import type { Kind } from './deliveries.ts'
import type { Counted } from './emulated-crm.ts'
import type { Findings } from './findings.ts'
import type { States } from './ledger.ts'
import type { Options } from './options.ts'
import type { Sent } from './senders.ts'
import type { Happened, Verdict } from './verdict.ts'

export type Facts = {
  readonly options: Options
  readonly happened: Happened
  readonly deliveries: number
  readonly sent: Sent
  readonly kills: number
  readonly restarts: number
  readonly durationMs: number
  /** Until the faults ended. */
  readonly busyMs: number
  readonly redriven: number
  readonly verdict: Verdict
  readonly states: States
  readonly counted: Counted
}

/** Everything but `records` and `events` must be zero. */
export type Figures = {
  readonly events: number
  readonly records: number
  readonly lost: number
  readonly duplicates: number
  readonly wrong: number
  readonly parked: number
  /** Events that are not in the ledger exactly once, or not finished. */
  readonly unaccounted: number
}

export type Report = {
  readonly forms: Figures
  readonly orders: Figures
  readonly parties: Pick<Figures, 'records' | 'lost' | 'duplicates' | 'wrong'>
  readonly kills: number
  readonly restarts: number
  readonly isRight: boolean
  readonly lines: readonly string[]
}

/** The figures of a run. */
export function reportOf(facts: Facts): Report {
  const { verdict, kills, restarts, options } = facts
  const forms = figuresOf('forms', facts)
  const orders = figuresOf('orders', facts)
  const parties = countsOf(verdict.parties)
  const isRight = [forms, orders, parties].every(isAllRight)
  const lines = [
    ...linesOf(facts),
    `forms: ${textOf(forms)}`,
    `orders: ${facts.happened.orders.length} of them, ${textOf(orders)}`,
    `companies and persons: ${textOf(parties)}`,
    ...examplesOf(verdict),
    `${isRight ? 'everything is there once' : 'NOT RIGHT'} (--seed ${options.seed})`,
  ]
  return { forms, orders, parties, kills, restarts, isRight, lines }
}

function figuresOf(kind: Kind, { verdict, states, sent, happened, options }: Facts): Figures {
  const ofForms = happened.submissions.length
  const events = kind === 'forms' ? ofForms : options.events - ofForms
  const { done, stale, ignored, parked, received, waiting } = states[kind]
  const references = [...sent.references[kind].values()]
  const ambiguous = references.filter(({ size }) => size !== 1).length
  const unaccounted = Math.abs(events - done - stale - ignored - parked) + received + waiting + ambiguous
  return { events, ...countsOf(verdict[kind]), parked, unaccounted }
}

function countsOf({ records, lost, duplicates, wrong }: Findings) {
  return { records, lost: lost.length, duplicates: duplicates.length, wrong: wrong.length }
}

function isAllRight({ events: _, records: __, ...rest }: Partial<Figures>): boolean {
  return Object.values(rest).every((figure) => figure === 0)
}

function textOf(figures: Partial<Figures>): string {
  return Object.entries(figures)
    .map(([what, figure]) => `${what} ${figure}`)
    .join(', ')
}

const MOST_EXAMPLES = 20

function examplesOf({ forms, orders, parties }: Verdict): string[] {
  const all = [forms, orders, parties].flatMap(({ lost, duplicates, wrong }) => [
    ...lost.map((what) => `lost: ${what}`),
    ...duplicates.map((what) => `duplicate: ${what}`),
    ...wrong.map((what) => `wrong: ${what}`),
  ])
  return all.slice(0, MOST_EXAMPLES)
}

function linesOf(facts: Facts): string[] {
  const { options, deliveries, sent, states, counted, kills, restarts, redriven } = facts
  const seconds = facts.durationMs / 1000
  const failing = options.events / (facts.busyMs / 1000)
  return [
    `${options.events} events in ${deliveries} deliveries, ${sent.resent} of them sent again, on ${options.ledger}`,
    `${kills} workers killed, ${restarts} servers restarted, ${redriven} parked events redriven`,
    `${seconds.toFixed(0)} s, ${failing.toFixed(1)} events/s while everything fails`,
    `ledger of forms: ${statesText(states.forms)}; of orders: ${statesText(states.orders)}`,
    ...callsOf(facts),
    [...counted.requests].map(([what, number]) => `${what} ${number}`).join(', '),
  ]
}

function statesText(states: Readonly<Record<EventState, number>>): string {
  return Object.entries(states)
    .map(([state, number]) => `${state} ${number}`)
    .join(', ')
}

/** Entities that are asked for and written by orders alone, and by forms alone; notes and parties are of both. */
const ALONE = {
  forms: ['Cases'],
  orders: ['Opportunity', 'Quotes', 'QuoteItems', 'Currency', 'NewProduct', 'Pricing'],
} as const

function callsOf({ counted: { requests, writes }, verdict }: Facts): string[] {
  const records = verdict.forms.records + verdict.orders.records + verdict.parties.records
  const [calls, written] = [sumOf(requests), sumOf(writes)]
  const own = Object.entries(ALONE).map(([kind, entities]) => {
    const [asked, committed] = [sumOf(requests, entities), sumOf(writes, entities)]
    return `${asked} of them about ${entities.join(', ')}: ${perOne(asked, committed)} for each of ${committed} writes of ${kind}`
  })
  return [
    `${calls} CRM calls: ${perOne(calls, written)} for each of ${written} writes that took effect, changes included; ${records} records are needed`,
    ...own,
  ]
}

function perOne(calls: number, of: number): string {
  return (calls / of).toFixed(2)
}

function sumOf(counts: ReadonlyMap<string, number>, entities?: readonly string[]): number {
  return [...counts]
    .filter(([what]) => entities === undefined || entities.includes(what.slice(what.indexOf(' ') + 1)))
    .reduce((total, [, number]) => total + number, 0)
}

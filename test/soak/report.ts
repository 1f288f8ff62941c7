import type { EventState } from '../../lib/delivery/records.ts'
import type { Options } from './options.ts'
import type { Sent } from './senders.ts'
import type { CrmCount } from './verdict.ts'

export type Facts = {
  readonly options: Options
  readonly deliveries: number
  readonly sent: Sent
  readonly kills: number
  readonly restarts: number
  readonly durationMs: number
  /** Until the faults ended. */
  readonly busyMs: number
  readonly redriven: number
  readonly count: CrmCount
  readonly states: Readonly<Record<EventState, number>>
  readonly requests: ReadonlyMap<string, number>
}

export type Report = {
  readonly lost: number
  readonly duplicates: number
  readonly misplaced: number
  readonly unaccounted: number
  readonly kills: number
  readonly restarts: number
  readonly lines: readonly string[]
}

/** The figures of a run. */
export function reportOf(facts: Facts): Report {
  const { options, count, kills, restarts } = facts
  const duplicates = sum(Object.values(count.duplicates))
  const unaccounted = unaccountedOf(facts)
  const figures = { lost: count.lost, duplicates, misplaced: count.misplaced, unaccounted, kills, restarts }
  return { ...figures, lines: [...linesOf(facts), verdictOf(figures, options.seed)] }
}

/** Recorded = done + stale + ignored + parked, nothing in flight, and one reference for each submission. */
function unaccountedOf({ options, states, sent }: Facts): number {
  const finished = states.done + states.stale + states.ignored + states.parked
  const ambiguous = [...sent.references.values()].filter((references) => references.size !== 1).length
  return Math.abs(options.events - finished) + states.received + states.waiting + ambiguous
}

function linesOf(facts: Facts): string[] {
  const { options, deliveries, sent, count, states, requests } = facts
  const seconds = facts.durationMs / 1000
  const calls = sum(requests.values())
  const failing = options.events / (facts.busyMs / 1000)
  return [
    `${options.events} events in ${deliveries} deliveries, ${sent.resent} of them sent again, on ${options.ledger}`,
    `${facts.kills} workers killed, ${facts.restarts} servers restarted, ${facts.redriven} parked events redriven`,
    `${seconds.toFixed(0)} s, ${failing.toFixed(1)} events/s while everything fails`,
    `ledger: ${Object.entries(states)
      .map(([state, number]) => `${state} ${number}`)
      .join(', ')}`,
    `duplicates: ${Object.entries(count.duplicates)
      .map(([what, number]) => `${what} ${number}`)
      .join(', ')}`,
    `${calls} CRM calls for ${count.needed} records, ${(calls / count.needed).toFixed(2)} calls for each needed write`,
    [...requests].map(([what, number]) => `${what} ${number}`).join(', '),
  ]
}

function verdictOf({ lost, duplicates, misplaced, unaccounted }: Omit<Report, 'lines'>, seed: number) {
  return `lost ${lost}, duplicates ${duplicates}, misplaced ${misplaced}, unaccounted ${unaccounted} (--seed ${seed})`
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, one) => total + one, 0)
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from '../../lib/delivery/ledger.ts'
import { type EventRecord, isFinished } from '../../lib/delivery/records.ts'

/** What a redrive came to, in a word and in detail. */
export type Redriven = {
  readonly reference: string
  readonly result: string
  readonly detail: string
  /** Whether it is as people want it: in the CRM, or rightly not. */
  readonly ok: boolean
}

const POLL_MS = 250

export type Patience = { readonly untilMs: () => number }

/** Waits until an event is finished; what it is then, or still is when there is no more patience. */
export async function untilFinished(ledger: Ledger, id: string, { untilMs }: Patience): Promise<Redriven> {
  for (;;) {
    const found = await ledger.load(id)
    if (found === undefined) return { reference: id, result: 'expired', detail: '', ok: false }
    if (isFinished(found.record) || performance.now() >= untilMs()) return describe(found.record)
    await sleep(POLL_MS)
  }
}

/** What the latest try of an event came to. */
export function describe(record: EventRecord): Redriven {
  const { id: reference, reason, fingerprint } = record
  const why = [reason?.code ?? '', ...(reason?.issues ?? [])].join(' ')
  switch (record.state) {
    case 'done': {
      const effects = record.history.at(-1)?.effects ?? {}
      const detail = Object.entries(effects).map(([step, effect]) => `${step} ${effect}`)
      return { reference, result: inAWord(effects), detail: detail.join('; '), ok: true }
    }
    case 'parked':
      return { reference, result: 'parked again', detail: `${why} (${fingerprint ?? ''})`, ok: false }
    case 'ignored':
    case 'stale':
      return { reference, result: record.state, detail: why, ok: true }
    default:
      return { reference, result: 'still waiting', detail: why, ok: false }
  }
}

/** The effect that says most, and what people call it. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^created/, 'created'],
  [/^removed/, 'removed by people'],
  [/^updated/, 'updated'],
  [/^kept/, 'changed by people'],
]

function inAWord(effects: Readonly<Record<string, string>>): string {
  const all = Object.values(effects)
  return WORDS.find(([effect]) => all.some((one) => effect.test(one)))?.[1] ?? 'already existed'
}

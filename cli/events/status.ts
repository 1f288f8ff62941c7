import integration from '../../integration.config.ts'
import { type Balance, balanceOf, type Stock, takeStock } from '../../lib/delivery/conservation.ts'
import type { GateState } from '../../lib/delivery/gate.ts'
import { EVENT_STATES } from '../../lib/delivery/records.ts'
import { slotsTaken } from '../../lib/delivery/slots.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { withLedger, withPlace } from '../open-ledger.ts'
import { describeGate, gateOf } from './gate.ts'
import { duration, printJson, printTable } from './print.ts'
import { progress } from './progress.ts'
import type { Common, Word } from './word.ts'

/** `events status`: counts by state, the oldest unfinished, the gate before the CRM, slots, conservation. */
export const statusWord: Word = (events, environment) => {
  withPlace(events.command('status'))
    .description(
      'how many deliveries are recorded and in which state; whether the CRM is asked; whether all add up',
    )
    .option('--json', 'for programs', false)
    .action(async (options: Common) => {
      const status = await withLedger(options, environment, async ({ ledger }) => {
        const { tick, stop } = progress('reading the ledger:')
        const stock = await takeStock(ledger, { onRead: tick }).finally(stop)
        return statusOf(
          stock,
          await gateOf(ledger.store).state(),
          await slotsTaken(ledger.store),
          ledger.store,
        )
      })
      if (options.json) printJson(status)
      else print(status)
      if (status.conservation.imbalance !== 0) process.exitCode = 1
    })
}

type Status = {
  readonly counts: Stock['counts']
  readonly oldestUnfinishedMs: number | undefined
  readonly gate: GateState
  readonly slots: { readonly taken: number; readonly of: number }
  readonly conservation: Balance & Pick<Stock, 'unscheduled' | 'withoutEvent'>
}

function statusOf(stock: Stock, gate: GateState, taken: number, store: Store): Status {
  const { counts, oldestUnfinishedAt: oldest, unscheduled, withoutEvent } = stock
  return {
    counts,
    oldestUnfinishedMs: oldest === undefined ? undefined : Math.max(0, store.now() - oldest),
    gate,
    slots: { taken, of: integration.crm.concurrency },
    conservation: { ...balanceOf(stock), unscheduled, withoutEvent },
  }
}

function print({ counts, oldestUnfinishedMs, gate, slots, conservation }: Status): void {
  printTable(
    ['state', 'events'],
    EVENT_STATES.map((state) => [state, String(counts[state])]),
  )
  const oldest = oldestUnfinishedMs === undefined ? 'none' : `${duration(oldestUnfinishedMs)} old`
  console.log(`oldest unfinished: ${oldest}`)
  console.log(`gate: ${describeGate(gate)}`)
  console.log(`slots: ${slots.taken} of ${slots.of} taken`)
  console.log(describeBalance(conservation))
}

function describeBalance({ recorded, finished, inFlight, imbalance, ...of }: Status['conservation']): string {
  const sum = `recorded ${recorded} = finished ${finished} + in flight ${inFlight}`
  if (imbalance === 0) return `${sum}: nothing is lost`
  return `${sum} + UNACCOUNTED ${imbalance} (not due: ${of.unscheduled}, payload without event: ${of.withoutEvent}); the nightly audit mends the first`
}

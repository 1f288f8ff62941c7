import type { Ledger, StoredEvent } from './ledger.ts'
import type { KeptReceipt } from './receipts.ts'
import { EVENT_STATES, type EventState, isFinished } from './records.ts'

/** What became of every id that was ever recorded and is still remembered. */
export type Stock = {
  readonly counts: Readonly<Record<EventState, number>>
  /** When the oldest event that is not finished was received, in the store's time. */
  readonly oldestUnfinishedAt: number | undefined
  /** Unfinished, and nobody would come back to them. */
  readonly unscheduled: number
  /** Stored payloads whose event was never recorded: the worker died in between, and the sender was not answered. */
  readonly withoutEvent: number
}

/** Something that is not as it should be. */
export type Anomaly =
  | { readonly is: 'unscheduled'; readonly event: StoredEvent }
  | { readonly is: 'without-event'; readonly receipt: KeptReceipt }
  /** A payload that no retention ends, of an event that is finished. */
  | { readonly is: 'unreleased'; readonly event: StoredEvent; readonly receipt: KeptReceipt }

export type StockOptions = {
  readonly onAnomaly?: (anomaly: Anomaly) => Promise<void>
  /** Called for every record that is read. */
  readonly onRead?: () => void
}

/** A worker writes the event right after its receipt; after this long it is certainly not going to. */
const CERTAINLY_DEAD_MS = 5 * 60_000

/**
 * Reads the whole ledger once, the events and then the receipts, and counts. Holds nothing but counts in memory.
 * Throws StoreUnavailableError.
 */
export async function takeStock(ledger: Ledger, options: StockOptions = {}): Promise<Stock> {
  const { onAnomaly = async () => undefined, onRead = () => undefined } = options
  const counts = Object.fromEntries(EVENT_STATES.map((state) => [state, 0])) as Record<EventState, number>
  let [oldest, unscheduled, withoutEvent] = [Number.POSITIVE_INFINITY, 0, 0]
  for await (const event of ledger.entries()) {
    onRead()
    const { state, receivedAt } = event.record
    counts[state] += 1
    if (isFinished(event.record)) continue
    oldest = Math.min(oldest, receivedAt)
    if (event.wakeAt !== undefined) continue
    unscheduled += 1
    await onAnomaly({ is: 'unscheduled', event })
  }
  for await (const receipt of ledger.receipts.all()) {
    onRead()
    const anomaly = await anomalyOf(receipt, ledger)
    if (anomaly === undefined) continue
    if (anomaly.is === 'without-event') withoutEvent += 1
    await onAnomaly(anomaly)
  }
  return {
    counts,
    oldestUnfinishedAt: Number.isFinite(oldest) ? oldest : undefined,
    unscheduled,
    withoutEvent,
  }
}

/** Only a payload that is kept for good needs a second look: its event is unfinished, parked, or something is wrong. */
async function anomalyOf(receipt: KeptReceipt, ledger: Ledger): Promise<Anomaly | undefined> {
  if (receipt.expiresAt !== undefined) return undefined
  const event = await ledger.load(receipt.eventId)
  if (event === undefined) {
    const isYoung = ledger.store.now() - (receipt.at ?? 0) < CERTAINLY_DEAD_MS
    return receipt.number > 0 || isYoung ? undefined : { is: 'without-event', receipt }
  }
  const isKept = !isFinished(event.record) || event.record.state === 'parked'
  return isKept ? undefined : { is: 'unreleased', event, receipt }
}

export type Balance = {
  readonly recorded: number
  readonly finished: number
  readonly inFlight: number
  /** recorded − finished − in flight: 0, or something is lost. */
  readonly imbalance: number
}

/** Recorded ids = done + stale + ignored + parked + in flight, where in flight means that somebody will come back to it. */
export function balanceOf({ counts, unscheduled, withoutEvent }: Stock): Balance {
  const { done, stale, ignored, parked, received, waiting } = counts
  const finished = done + stale + ignored + parked
  const inFlight = received + waiting - unscheduled
  const recorded = finished + received + waiting + withoutEvent
  return { recorded, finished, inFlight, imbalance: recorded - finished - inFlight }
}

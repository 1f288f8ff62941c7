import { type Anomaly, balanceOf, takeStock } from '../delivery/conservation.ts'
import type { Pipe } from '../delivery/pipe.ts'
import type { Job } from './job.ts'

/**
 * Counts what became of every recorded id; what does not add up is an alarm. Mends what a worker that died at the wrong
 * moment leaves behind: an unfinished event nobody would come back to is due again, the payload of a finished one gets its
 * end. A payload without an event is only reported: its sender was never answered and sends again.
 */
export const auditLedger: Job = async (pipe) => {
  let [scheduled, released] = [0, 0]
  const onAnomaly = async (anomaly: Anomaly) => {
    if (anomaly.is === 'unscheduled') scheduled += await schedule(anomaly, pipe)
    if (anomaly.is === 'unreleased') released += await release(anomaly, pipe)
    if (anomaly.is === 'without-event')
      pipe.log.error('a payload without an event', { eventId: anomaly.receipt.eventId })
  }
  const stock = await takeStock(pipe.ledger, { onAnomaly })
  const { recorded, inFlight, imbalance } = balanceOf(stock)
  const { oldestUnfinishedAt, withoutEvent, counts } = stock
  const oldestUnfinishedMs =
    oldestUnfinishedAt === undefined ? 0 : pipe.ledger.store.now() - oldestUnfinishedAt
  pipe.metrics.count('conservationImbalance', imbalance)
  pipe.metrics.count('oldestUnfinishedMs', oldestUnfinishedMs)
  const { done, stale, ignored, parked } = counts
  const found = { recorded, done, stale, ignored, parked, inFlight, imbalance }
  return { ...found, withoutEvent, scheduled, released, oldestUnfinishedMs }
}

type AnomalyThatIs<Is> = Extract<Anomaly, { is: Is }>

/** A version that no longer fits means that somebody has just taken care of it. */
async function schedule({ event }: AnomalyThatIs<'unscheduled'>, { ledger, log }: Pipe): Promise<number> {
  const isOurs = await ledger.postpone(event, ledger.store.now())
  if (isOurs) log.error('an unfinished event was not due', { eventId: event.record.id })
  return isOurs ? 1 : 0
}

async function release({ event, receipt }: AnomalyThatIs<'unreleased'>, { ledger }: Pipe): Promise<number> {
  const { id, payload } = event.record
  await ledger.releasePayload({ id, payload: Math.max(payload, receipt.number) })
  return 1
}

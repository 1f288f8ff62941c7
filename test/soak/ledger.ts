import { Ledger, type StoredEvent } from '../../lib/delivery/ledger.ts'
import { EVENT_STATES, type EventState } from '../../lib/delivery/records.ts'
import { readEnvironment } from '../../lib/runtime/env.ts'
import { beginLedger } from '../../lib/runtime/ledger-birth.ts'
import { openStore } from '../../lib/runtime/stores.ts'
import { type Kind, SENDERS } from './deliveries.ts'

/** What wakes by itself within this time is left alone. */
const SOON_MS = 5_000
const AT_ONCE = 200
/** A ledger that has just begun looks everything up before it creates it; this one is in the middle of its life. */
const AGE_MS = 24 * 60 * 60_000

/** How many events of each kind of sender are in each state. */
export type States = Readonly<Record<Kind, Readonly<Record<EventState, number>>>>

export type SoakLedger = {
  /** At most `most` events that are not finished. */
  unfinished(most: number): Promise<number>
  /** Events that wait long are to be tried now: what a person does who does not want to wait for a backoff of an hour. */
  hurry(): Promise<number>
  /** Parked events are redriven, as people do with `npm run events -- redrive`. */
  redriveParked(): Promise<number>
  count(): Promise<States>
  close(): Promise<void>
}

/** The workers' ledger, opened once more beside them. */
export async function openLedger(env: Readonly<Record<string, string>>): Promise<SoakLedger> {
  Object.assign(process.env, env)
  const store = await openStore(readEnvironment())
  await beginLedger(store, store.now() - AGE_MS)
  const ledger = new Ledger(store, { payloadDays: 30 })
  const withWakeUp = (most: number) => store.listDue(Number.MAX_SAFE_INTEGER, most)
  return {
    unfinished: async (most) => (await withWakeUp(most)).length,
    hurry: async () => {
      const due = await withWakeUp(AT_ONCE)
      const late = due.filter(({ wakeAt }) => wakeAt > store.now() + SOON_MS)
      const events = await Promise.all(late.map(({ key }) => ledger.load(key.replace(/^event#/, ''))))
      const hurried = await Promise.all(events.map((event) => event !== undefined && tryNow(ledger, event)))
      return hurried.filter(Boolean).length
    },
    redriveParked: async () => {
      const parked = await idsIn(ledger, 'parked')
      for (const id of parked) {
        const event = await ledger.load(id)
        if (event?.record.state === 'parked') await ledger.redrive(event)
      }
      return parked.length
    },
    count: () => countStates(ledger),
    close: () => store.close(),
  }
}

/** False: a worker has it. */
async function tryNow(ledger: Ledger, event: StoredEvent): Promise<boolean> {
  const reason = event.record.reason ?? { code: 'hurried', message: 'not to be waited for' }
  const wait = { notBefore: ledger.store.now(), reason, burns: false, by: 'index' } as const
  return ledger.wait(event, wait).then(
    () => true,
    () => false,
  )
}

async function idsIn(ledger: Ledger, state: EventState): Promise<string[]> {
  const ids: string[] = []
  for await (const record of ledger.events()) if (record.state === state) ids.push(record.id)
  return ids
}

async function countStates(ledger: Ledger): Promise<States> {
  const none = () => Object.fromEntries(EVENT_STATES.map((state) => [state, 0])) as Record<EventState, number>
  const counts = { forms: none(), orders: none() }
  for await (const { state, instance } of ledger.events()) counts[kindOf(instance)][state] += 1
  return counts
}

function kindOf(instance: string): Kind {
  return instance === SENDERS.orders ? 'orders' : 'forms'
}

import * as z from '../values/schema.ts'

/**
 * What the ledger stores. Every record carries the version of its format, so that an upgrade can tell how to read it;
 * a format this code does not know is an error, never guessed at.
 */
export const FORMAT = 1
const Format = z.literal(FORMAT)
const Instant = z.number()

const Reason = z.object({
  code: z.string(),
  message: z.string(),
  issues: z.optional(z.readonly(z.array(z.string()))),
})

/** Keyed hashes of a field: what we sent, and what the CRM had after that. Without `seen` the value is people's. */
const Written = z.object({ sent: z.string(), seen: z.optional(z.string()) })

const Bound = z.object({
  resource: z.string(),
  id: z.string(),
  adopted: z.boolean(),
  at: z.optional(Instant),
  carried: z.optional(z.record(z.string(), z.string())),
  written: z.optional(z.record(z.string(), Written)),
  updating: z.optional(
    z.object({
      sendBy: Instant,
      sent: z.record(z.string(), z.string()),
      removing: z.optional(z.literal(true)),
    }),
  ),
  removed: z.optional(z.literal(true)),
  why: z.optional(z.string()),
  key: z.optional(z.string()),
  told: z.optional(z.literal(true)),
  digest: z.optional(
    z.object({
      head: z.readonly(z.array(z.string())),
      line: z.readonly(z.array(z.string())),
      hash: z.string(),
    }),
  ),
})

const Call = z.object({ did: z.string(), ms: z.number(), result: z.string() })

/** One try to deliver an event, without anything personal. */
const Attempt = z.object({
  at: Instant,
  ms: z.number(),
  outcome: z.string(),
  code: z.optional(z.string()),
  /** Requests in the order they ended: `fetch bigcommerce`, `create Cases`, milliseconds, `ok` or the error. */
  calls: z.readonly(z.array(Call)),
  /** What became of each step of the plan. */
  effects: z.optional(z.record(z.string(), z.string())),
})
export type Attempt = z.infer<typeof Attempt>

export const EVENT_STATES = ['received', 'waiting', 'done', 'stale', 'ignored', 'parked'] as const
export type EventState = (typeof EVENT_STATES)[number]

export const EventRecord = z.object({
  format: Format,
  id: z.string(),
  instance: z.string(),
  subject: z.string(),
  /** Never forgotten. */
  keep: z.optional(z.literal(true)),
  /** When the delivery was recorded, in the store's time. */
  receivedAt: Instant,
  /** Which payload counts: 0 is the one that was received, the others add what was fetched or were edited. */
  payload: z.number(),
  state: z.enum(EVENT_STATES),
  /** Tries that reached the CRM and failed there. An outage, a pause or a full house burns none. */
  attempts: z.number(),
  /** Times it had to wait for something that is not its own fault, since it last got further. */
  deferrals: z.number(),
  /** Not to be tried before, in the store's time; only while waiting. */
  notBefore: z.optional(Instant),
  reason: z.optional(Reason),
  /** Events that were parked for the same cause have the same one. */
  fingerprint: z.optional(z.string()),
  /** How often in a row the same request was answered with the same 5xx, and since when. */
  streak: z.optional(z.object({ on: z.string(), count: z.number(), since: Instant })),
  /** The bound records are looked at again; `recreate`: and made anew where people removed them. */
  redriven: z.optional(z.enum(['check', 'recreate'])),
  bindings: z.optional(z.record(z.string(), Bound)),
  /** The latest tries. */
  history: z.readonly(z.array(Attempt)),
})
export type EventRecord = Readonly<z.infer<typeof EventRecord>>

/** An event as it is when it has just been received. */
export function receivedRecord(
  { id, instance, subject, keep }: Pick<EventRecord, 'id' | 'instance' | 'subject' | 'keep'>,
  receivedAt: number,
): EventRecord {
  const counts = { payload: 0, attempts: 0, deferrals: 0, history: [] }
  const kept = keep && { keep }
  return { format: FORMAT, id, instance, subject, receivedAt, state: 'received', ...counts, ...kept }
}

/** Whether nothing more happens to an event by itself. */
export function isFinished({ state }: Pick<EventRecord, 'state'>): boolean {
  return state !== 'received' && state !== 'waiting'
}

const Entry = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('intent'),
    marker: z.string(),
    sendBy: Instant,
    sent: z.optional(z.record(z.string(), z.string())),
    parent: z.optional(z.string()),
  }),
  z.extend(Bound, { state: z.literal('bound') }),
])

const Version = z.union([z.string(), z.number()])
export type Version = z.infer<typeof Version>

const Contents = z.object({
  /** The event that carries the subject's latest full state, and the sender's version of it. */
  snapshot: z.optional(z.object({ eventId: z.string(), version: z.optional(Version) })),
  /** What has happened besides, by the event that said so. They count for ever and in any order. */
  facts: z.array(z.object({ eventId: z.string(), name: z.string() })),
})

export const SubjectRecord = z.object({
  format: Format,
  /** Who works on the subject; void once `until` has passed or the store's epoch is another one. */
  lease: z.optional(z.object({ epoch: z.string(), until: Instant })),
  /** When this ledger first heard of the subject. */
  bornAt: z.optional(Instant),
  /** Step `as` → what we meant to create or what it is bound to. */
  journal: z.record(z.string(), Entry),
  /** Ids of the latest events this subject contains. */
  applied: z.array(z.string()),
  ...Contents.shape,
  /** What it is becoming: writes for that have begun and are not finished. */
  begun: z.optional(Contents),
})
export type SubjectRecord = Readonly<z.infer<typeof SubjectRecord>>

export const NaturalKeyRecord = z.object({
  format: Format,
  /** The record that has the key; absent while a subject is about to create it. */
  id: z.optional(z.string()),
  /** Which step of which subject may create it, and until when nobody else may. */
  holder: z.optional(
    z.object({
      subject: z.string(),
      as: z.string(),
      until: Instant,
      /** The claim under which it was taken: a worker with an earlier one of the same subject is out of date. */
      token: z.optional(z.number()),
    }),
  ),
})
export type NaturalKeyRecord = Readonly<z.infer<typeof NaturalKeyRecord>>

export const ReceiptRecord = z.object({
  format: Format,
  /** The verified headers and payload, packed; absent once they were erased. */
  packed: z.optional(z.string()),
  /** When it was stored. */
  at: z.optional(Instant),
  /** Who wrote this payload instead of the sender, and when. */
  edited: z.optional(z.object({ by: z.string(), at: Instant })),
  /** What was received, with what the vendor's API added. */
  fetched: z.optional(z.boolean()),
})
export type ReceiptRecord = Readonly<z.infer<typeof ReceiptRecord>>

export const SlotRecord = z.object({ format: Format, epoch: z.string(), until: Instant })

export const GateRecord = z.object({
  format: Format,
  /** Closed to writes since the CRM failed (`open`, as a breaker is), or since it refused our password (`locked`). */
  breaker: z.discriminatedUnion('state', [
    z.object({ state: z.literal('closed') }),
    z.object({
      state: z.literal('open'),
      since: Instant,
      /** One delivery is let through as a probe then; each failing one doubles the wait. */
      probeAt: Instant,
      waitMs: z.number(),
    }),
    z.object({ state: z.literal('locked'), since: Instant, credentials: z.string() }),
  ]),
  lastSuccessAt: Instant,
  /** Everything, or single instances, stored and answered but not written to the CRM. */
  paused: z.object({ all: z.boolean(), instances: z.array(z.string()) }),
})
export type GateRecord = Readonly<z.infer<typeof GateRecord>>

export const NEW_SUBJECT: SubjectRecord = { format: FORMAT, journal: {}, applied: [], facts: [] }
export const FREE_KEY: NaturalKeyRecord = { format: FORMAT }
export const OPEN_GATE: GateRecord = {
  format: FORMAT,
  breaker: { state: 'closed' },
  lastSuccessAt: 0,
  paused: { all: false, instances: [] },
}

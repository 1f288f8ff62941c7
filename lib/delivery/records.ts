import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import * as z from 'zod'
import type { Verified } from '../sources/source.ts'

/**
 * What the ledger stores. Every record carries the version of its format, so that an upgrade can tell how to read it.
 * An event's `receipt` never changes; its state does.
 */
const FORMAT = 1

const Reason = z.object({
  code: z.string(),
  message: z.string(),
  issues: z.array(z.string()).readonly().optional(),
})

const Bound = z.object({
  resource: z.string(),
  id: z.string(),
  adopted: z.boolean(),
  carried: z.record(z.string(), z.string()).optional(),
})

export const EventRecord = z.object({
  format: z.literal(FORMAT),
  id: z.string(),
  instance: z.string(),
  subject: z.string(),
  /** When the delivery was recorded, in the store's time. */
  receivedAt: z.number(),
  /** The verified payload, deflated, in base64. */
  receipt: z.string(),
  state: z.enum(['received', 'waiting', 'done', 'ignored', 'parked']),
  /** Tries that reached the CRM or meant to. */
  attempts: z.number(),
  /** Not to be tried before, in the store's time; only while waiting. */
  notBefore: z.number().optional(),
  reason: Reason.optional(),
  bindings: z.record(z.string(), Bound).optional(),
})
export type EventRecord = Readonly<z.infer<typeof EventRecord>>

const Entry = z.discriminatedUnion('state', [
  z.object({ state: z.literal('intent'), marker: z.string(), sendBy: z.number() }),
  Bound.extend({ state: z.literal('bound') }),
])

export const SubjectRecord = z.object({
  format: z.literal(FORMAT),
  /** Who works on the subject; void once `until` has passed or the store's epoch is another one. */
  lease: z.object({ epoch: z.string(), until: z.number() }).optional(),
  /** Step `as` → what we meant to create or what it is bound to. */
  journal: z.record(z.string(), Entry),
  /** Ids of the events this subject already contains. */
  applied: z.array(z.string()),
})
export type SubjectRecord = Readonly<z.infer<typeof SubjectRecord>>

export const NaturalKeyRecord = z.object({
  format: z.literal(FORMAT),
  /** The record that has the key; absent while a subject is about to create it. */
  id: z.string().optional(),
  /** Which step of which subject may create it, and until when nobody else may. */
  holder: z.object({ subject: z.string(), as: z.string(), until: z.number() }).optional(),
})
export type NaturalKeyRecord = Readonly<z.infer<typeof NaturalKeyRecord>>

export const NEW_SUBJECT: SubjectRecord = { format: FORMAT, journal: {}, applied: [] }
export const FREE_KEY: NaturalKeyRecord = { format: FORMAT }

export type NewEvent = {
  readonly id: string
  readonly instance: string
  readonly subject: string
  readonly verified: Verified
}

export async function newEventRecord(event: NewEvent, receivedAt: number): Promise<EventRecord> {
  const { id, instance, subject } = event
  const receipt = await pack(event.verified)
  return { format: FORMAT, id, instance, subject, receivedAt, receipt, state: 'received', attempts: 0 }
}

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

async function pack(verified: Verified): Promise<string> {
  return (await deflate(Buffer.from(JSON.stringify(verified)))).toString('base64')
}

/** The verified headers and payload of a receipt, as the source returned them. */
export async function unpack(receipt: string): Promise<Verified> {
  return JSON.parse((await inflate(Buffer.from(receipt, 'base64'))).toString()) as Verified
}

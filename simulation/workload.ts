import type { FormSubmission } from '../lib/events/form-submission.ts'
import { POISON } from './entities.ts'
import { buyerOf, orderEvent } from './orders.ts'
import { type Random, randomOf } from './random.ts'
import type { Body } from './sources.ts'

/** Something that happens outside, and when it is posted, in ms after the beginning: once, or again. */
export type Happening = {
  readonly index: number
  /** `contact`: cases have their company and person from the start; `desk`: they get them afterwards. */
  readonly instance: 'contact' | 'desk' | 'shop'
  readonly body: Body
  readonly posts: readonly number[]
  readonly poison?: keyof typeof POISON
}

export type Mix = {
  readonly eventsPerSecond: number
  readonly duplicates: number
  readonly redeliveries: number
  readonly poison: number
  readonly orders: number
  /** Of the forms: those that their visitor sends again with other words. */
  readonly edited: number
  readonly ignored: number
  /** Whether neighbours have companies and persons in common, or each event its own. */
  readonly sharing: boolean
  /** Whether every other form is one whose cases come first. */
  readonly caseFirst: boolean
}

export const STORM_MIX: Mix = {
  eventsPerSecond: 1,
  duplicates: 0.1,
  redeliveries: 0.05,
  poison: 0.003,
  orders: 0.25,
  edited: 0.1,
  ignored: 0.02,
  sharing: true,
  caseFirst: true,
}

/** Forms of one kind that could all be delivered, and nothing else. */
export const FORMS_ALONE: Mix = {
  ...STORM_MIX,
  poison: 0,
  orders: 0,
  edited: 0,
  ignored: 0,
  caseFirst: false,
}

const BLOCK = 20
const JITTER_MS = 60_000

/**
 * The last events come one by one, half an hour apart, and none of them is poison: an event that always fails is told from a
 * CRM that does by others that get through.
 */
const STRAGGLERS = 40
const STRAGGLING_MS = 30 * 60_000
const LEAST_WITH_STRAGGLERS = 400

/** Events that depend on the seed and their own number alone, so that any of them can be left out. */
export function happenings(seed: string, count: number, mix: Mix): Happening[] {
  const first = count < LEAST_WITH_STRAGGLERS ? count : count - STRAGGLERS
  return Array.from({ length: count }, (_, index) => {
    const one = happening(seed, index, index < first ? mix : { ...mix, poison: 0 })
    const lateMs = Math.max(0, index - first) * STRAGGLING_MS
    return { ...one, posts: one.posts.map((at) => at + lateMs) }
  })
}

function happening(seed: string, index: number, mix: Mix): Happening {
  const random = randomOf(seed, 'event', index)
  const posts = postsOf(index, mix, random)
  if (random.chance(mix.orders))
    return { index, instance: 'shop', body: orderBody(seed, index, random), posts }
  if (random.chance(mix.edited))
    return { index, instance: 'contact', body: editedBody(seed, index, random), posts }
  const isIgnored = random.chance(mix.ignored)
  const isPoison = !isIgnored && random.chance(mix.poison)
  const poison = isPoison ? random.pick(['rejected', 'failing'] as const) : undefined
  const body = formBody(index, mix.sharing ? BLOCK : 1, poison, isIgnored, random)
  const instance = mix.caseFirst && index % 2 === 1 ? 'desk' : 'contact'
  return { index, instance, body, posts, ...(poison !== undefined && { poison }) }
}

function postsOf(index: number, mix: Mix, random: Random): number[] {
  const first = Math.floor((index * 1_000) / mix.eventsPerSecond) + random.between(0, JITTER_MS)
  const posts = [first]
  if (random.chance(mix.duplicates)) posts.push(first + (random.chance(0.3) ? 0 : random.between(1, 10_000)))
  if (random.chance(mix.redeliveries)) posts.push(first + random.between(5 * 60_000, 2 * 60 * 60_000))
  return posts
}

/** Neighbours share companies and persons, so that these are created again and again by several at once. */
function formBody(
  index: number,
  size: number,
  poison: Happening['poison'],
  isIgnored: boolean,
  random: Random,
): Body {
  const block = Math.max(0, Math.floor(index / size) - (random.chance(0.2) ? 1 : 0))
  const event = {
    ...formEvent(`Form ${index}${poison === undefined ? '' : ` ${POISON[poison]}`}`, `Message ${index}`),
    ...(random.chance(0.9) && { email: `p${block}-${random.between(0, 5)}@example.com` }),
    ...(random.chance(0.7) && { company: `Company ${block}-${random.between(0, 3)}` }),
  }
  return { id: `f${index}`, event: isIgnored ? 'ignored' : event }
}

/** A submission that its vendor lets people edit. */
function editedBody(seed: string, index: number, random: Random): Body {
  const block = Math.floor(index / BLOCK)
  const subject = `e${block}`
  const own = randomOf(seed, subject)
  const event = {
    ...formEvent(`Form ${subject}, version ${index}`, `Message ${random.between(1, 3)}`),
    standing: { is: 'snapshot', version: index } as const,
    email: `p${block}-${own.between(0, 5)}@example.com`,
  }
  return { id: `f${index}`, subject, event }
}

function formEvent(subject: string, message: string): FormSubmission {
  const fields = [{ name: 'message', value: message }]
  return { kind: 'form-submission', form: 'contact', subject, message, fields, files: [] }
}

function orderBody(seed: string, index: number, random: Random): Body {
  const block = Math.floor(index / BLOCK)
  const order = `o${block}-${random.between(0, 1)}`
  return { id: `s${index}`, subject: order, event: orderEvent(buyerOf(seed, order, block), index, random) }
}

import { POISON } from './entities.ts'
import { type Random, randomOf } from './random.ts'
import type { FormBody, OrderBody } from './sources.ts'

/** Something that happens outside, and when it is posted, in ms after the beginning: once, or again. */
export type Happening = {
  readonly index: number
  /** `contact`: cases have their company and person from the start; `desk`: they get them afterwards. */
  readonly instance: 'contact' | 'desk' | 'shop'
  readonly body: FormBody | OrderBody
  readonly posts: readonly number[]
  readonly poison?: keyof typeof POISON
}

export type Mix = {
  readonly eventsPerSecond: number
  readonly duplicates: number
  readonly redeliveries: number
  readonly poison: number
  readonly orders: number
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
  orders: 0.45,
  ignored: 0.02,
  sharing: true,
  caseFirst: true,
}

/** Forms of one kind that could all be delivered, and nothing else. */
export const FORMS_ALONE: Mix = { ...STORM_MIX, poison: 0, orders: 0, ignored: 0, caseFirst: false }

const BLOCK = 20
const JITTER_MS = 60_000
const FACTS = ['edited', 'refunded', 'cancelled', 'shipped']

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
): FormBody {
  const block = Math.max(0, Math.floor(index / size) - (random.chance(0.2) ? 1 : 0))
  return {
    id: `f${index}`,
    ...(random.chance(0.9) && { email: `p${block}-${random.between(0, 5)}@example.com` }),
    ...(random.chance(0.7) && { company: `Company ${block}-${random.between(0, 3)}` }),
    subject: `Form ${index}${poison === undefined ? '' : ` ${POISON[poison]}`}`,
    message: `Message ${index}`,
    ...(isIgnored && { honeypot: true }),
  }
}

/** Versions grow with the number of the event, whatever the order in which the events arrive. */
function orderBody(seed: string, index: number, random: Random): OrderBody {
  const block = Math.floor(index / BLOCK)
  const order = `o${block}-${random.between(0, 2)}`
  const own = randomOf(seed, order)
  const email = `p${block}-${own.between(0, 5)}@example.com`
  const who = { id: `s${index}`, order, email, company: `Company ${block}-${own.between(0, 3)}` }
  if (random.chance(0.2)) return { ...who, fact: random.pick(FACTS) }
  return {
    ...who,
    version: index,
    total: random.between(1, 999),
    status: random.pick(['open', 'paid', 'sent']),
  }
}

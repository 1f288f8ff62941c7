import type { CrmClient } from './client.ts'
import type { Journal } from './journal.ts'
import { type Found, lookUp } from './match.ts'
import type { FieldValue, Step } from './plan.ts'
import type { Resolver } from './resolve.ts'

type Deps = { readonly client: CrmClient; readonly journal: Journal; readonly resolver: Resolver }

/** Searches that began before their steps' turns came, each for one use. */
export type Ahead = Map<string, Promise<Found | undefined>>

/**
 * Searches at once for every company and person that nothing is known of yet: who they are does not depend on one another,
 * only how they are made does. A record that is made meanwhile is known by its natural key, which is asked for afterwards; an
 * event that had to wait for another's key asks for that first.
 */
export function lookAhead(steps: readonly Step[], { client, journal, resolver }: Deps): Ahead {
  if (journal.wasHeld) return new Map()
  const free = steps.filter((step) => journal.entry(step.as) === undefined && isFree(step))
  const looks = free.map(
    (step) => [step.as, lookUp(client, step, journal.marker(step.as), resolver)] as const,
  )
  for (const [, look] of looks) look.catch(() => undefined)
  return new Map(looks)
}

/** Whether a step is searched for by what refers to no other. */
function isFree({ match }: Step): boolean {
  if (match.by !== 'natural') return false
  return match.search.every(({ equal }) => Object.values(equal).every((value) => !isReference(value)))
}

function isReference(value: FieldValue): boolean {
  return typeof value === 'object' && value !== null && ('ref' in value || 'whether' in value)
}

import { boundRecord } from './bound.ts'
import type { ApplyContext, Decision } from './decision.ts'
import { find } from './find.ts'
import { findParent } from './find-parent.ts'
import { type Journal, NotYetError } from './journal.ts'
import type { Step } from './plan.ts'
import { readRecord } from './read-record.ts'
import type { Row } from './row.ts'

/** Of the subjects that need the same new company or person, one creates it and the others take what it created. */
export async function own(step: Step, context: ApplyContext): Promise<Decision> {
  const { journal } = context
  const ownership = await journal.own(keyOf(step), step.as)
  switch (ownership.state) {
    case 'held':
      throw new NotYetError('held', ownership.until)
    case 'created': {
      const row = await readRecord(context.client, step.resource, ownership.id)
      if (row !== undefined) return adopt(step, ownership.id, row, context)
      await journal.settle(keyOf(step), step.as, null)
      return own(step, context)
    }
    case 'mine': {
      const found = ownership.lookAgain ? await find(step, context) : undefined
      if (found === undefined) return createOrComplete(step, context)
      await journal.settle(keyOf(step), step.as, found.id)
      return { step, act: 'nothing', effect: 'adopted', record: found }
    }
  }
}

async function createOrComplete(step: Step, context: ApplyContext): Promise<Decision> {
  const id = await findParent(step, context)
  return id === undefined ? create(step) : { step, act: 'complete', id }
}

/** What another delivery made a moment ago is compared as it is: nothing is asked for again. */
function adopt(step: Step, id: string, row: Row, { journal, found }: ApplyContext): Decision {
  const why = 'another delivery made it'
  found.set(step.as, { id, row, ambiguous: 0, why })
  const record = boundRecord(step, { id, adopted: true, get: (field) => row.get(field) }, journal)
  return { step, act: 'nothing', effect: 'adopted', record: { ...record, why } }
}

export async function leaveToHolder({ as, match }: Step, journal: Journal): Promise<void> {
  const until = match.by === 'natural' ? await journal.heldUntil(match.key, as) : undefined
  if (until !== undefined) throw new NotYetError('held', until)
}

export function keyOf({ match }: Step): string {
  return match.by === 'natural' ? match.key : ''
}

export function create(step: Step): Decision {
  return { step, act: 'create' }
}

import { describe, expect, it } from 'vitest'
import { isOlder, joinSubject, tellStory } from '../../lib/delivery/subject-story.ts'
import type { CanonicalEvent } from '../../lib/events/index.ts'

const first = { snapshot: { eventId: 'first', version: 5 }, facts: [] }
const cancelled = { eventId: 'first', name: 'cancelled' }

describe('a subject', () => {
  it('contains the snapshot with the latest version, and the one that came last of equal ones', () => {
    expect(joinSubject({ facts: [] }, 'e', { is: 'snapshot', version: 1 })).toEqual({
      snapshot: { eventId: 'e', version: 1 },
      facts: [],
    })
    expect(joinSubject(first, 'e', { is: 'snapshot', version: 4 })).toBeUndefined()
    for (const version of [5, 6]) {
      const joined = joinSubject(first, 'e', { is: 'snapshot', version })
      expect(joined).toEqual({ snapshot: { eventId: 'e', version }, facts: [] })
    }
  })

  it('takes a snapshot without a version for the latest, and keeps no version of it', () => {
    expect(joinSubject(first, 'e')).toEqual({ snapshot: { eventId: 'e' }, facts: [] })
  })

  it('takes its own snapshot again whatever version it has now: the adapter may have learned', () => {
    const again = joinSubject(first, 'first', { is: 'snapshot', version: 4 })
    expect(again).toEqual({ snapshot: { eventId: 'first', version: 4 }, facts: [] })
  })

  it('keeps each fact once, under the event that said so, and its snapshot beside it', () => {
    const one = joinSubject(first, 'e', { is: 'fact', name: 'cancelled' })
    expect(one).toEqual({ snapshot: first.snapshot, facts: [{ eventId: 'e', name: 'cancelled' }] })
    const view = { ...first, facts: [cancelled] }
    const renamed = joinSubject(view, 'first', { is: 'fact', name: 'voided' })
    expect(renamed?.facts).toEqual([{ eventId: 'first', name: 'voided' }])
    expect(joinSubject(view, 'e', { is: 'fact', name: 'refunded' })?.facts).toEqual([
      cancelled,
      { eventId: 'e', name: 'refunded' },
    ])
  })

  it('learns the fact of a snapshot, also of one that is out of date', () => {
    const newer = joinSubject(first, 'e', { is: 'snapshot', version: 6, fact: 'paid' })
    expect(newer).toEqual({
      snapshot: { eventId: 'e', version: 6 },
      facts: [{ eventId: 'e', name: 'paid' }],
    })
    const older = joinSubject(first, 'e', { is: 'snapshot', version: 4, fact: 'paid' })
    expect(older).toEqual({ snapshot: first.snapshot, facts: [{ eventId: 'e', name: 'paid' }] })
  })
})

it.each([
  [1, 2, true],
  [9, 10, true],
  [2, 2, false],
  [3, 2, false],
  ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', true],
  ['2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z', false],
  ['9', 10, false],
  [10, '9', true],
  [undefined, 2, false],
  [1, undefined, false],
])('version %s older than %s: %s', (version, known, expected) => {
  expect(isOlder(version, known)).toBe(expected)
})

describe('the story of a subject', () => {
  const event = (form: string) => ({ kind: 'form-submission', form }) as CanonicalEvent
  const read = async (id: string) => (id === 'gone' ? undefined : { event: event(id), receivedAt: id.length })

  it('is its snapshot with when that was received, and its facts with what is kept of their events', async () => {
    const facts = ['x', 'gone'].map((eventId) => ({ eventId, name: `${eventId} happened` }))
    expect(await tellStory({ snapshot: { eventId: 'four' }, facts }, read)).toEqual({
      story: {
        snapshot: event('four'),
        facts: [{ name: 'x happened', event: event('x') }, { name: 'gone happened' }],
      },
      snapshotReceivedAt: 4,
    })
  })

  it('has no snapshot where there is none, or none is kept', async () => {
    const none = { story: { facts: [] }, snapshotReceivedAt: undefined }
    expect(await tellStory({ facts: [] }, read)).toEqual(none)
    expect(await tellStory({ snapshot: { eventId: 'gone' }, facts: [] }, read)).toEqual(none)
  })
})

import type { CanonicalEvent, Story } from '../events/index.ts'
import type { Standing } from '../events/standing.ts'
import type { SubjectView } from './claim.ts'
import type { Version } from './records.ts'

/**
 * What a subject contains once an event is part of it; undefined when a newer snapshot is there already and the event
 * says nothing besides.
 */
export function joinSubject(
  view: SubjectView,
  eventId: string,
  standing: Standing = { is: 'snapshot' },
): SubjectView | undefined {
  const { snapshot } = view
  if (standing.is === 'fact') return { snapshot, facts: withFact(view, eventId, standing.name) }
  const { version, fact } = standing
  const facts = fact === undefined ? view.facts : withFact(view, eventId, fact)
  if (snapshot !== undefined && snapshot.eventId !== eventId && isOlder(version, snapshot.version))
    return fact === undefined ? undefined : { snapshot, facts }
  return { snapshot: { eventId, ...(version !== undefined && { version }) }, facts }
}

function withFact({ facts }: SubjectView, eventId: string, name: string): SubjectView['facts'] {
  return [...facts.filter((fact) => fact.eventId !== eventId), { eventId, name }]
}

/** Numbers by size, texts (ISO 8601 times) by their characters. What has no version is never older. */
export function isOlder(version: Version | undefined, known: Version | undefined): boolean {
  if (version === undefined || known === undefined) return false
  if (typeof version === 'number' && typeof known === 'number') return version < known
  return String(version) < String(known)
}

export type StoryOfSubject = { readonly story: Story; readonly snapshotReceivedAt: number | undefined }

/** An event of the subject, read anew with today's adapter. undefined: its payload is not kept any more. */
export type ReadEvent = (
  eventId: string,
) => Promise<{ readonly event: CanonicalEvent; readonly receivedAt: number } | undefined>

/** The subject's snapshot and facts with their events. */
export async function tellStory(view: SubjectView, read: ReadEvent): Promise<StoryOfSubject> {
  const snapshot = view.snapshot && (await read(view.snapshot.eventId))
  const facts: { name: string; event?: CanonicalEvent }[] = []
  for (const { eventId, name } of view.facts) {
    const found = await read(eventId)
    facts.push(found === undefined ? { name } : { name, event: found.event })
  }
  const story = snapshot === undefined ? { facts } : { snapshot: snapshot.event, facts }
  return { story, snapshotReceivedAt: snapshot?.receivedAt }
}

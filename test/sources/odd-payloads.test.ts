import { readFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { FIXTURES, requestOf, samplesOf } from '../../cli/samples.ts'
import { FormSubmission } from '../../lib/events/form-submission.ts'
import { Order } from '../../lib/events/order.ts'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { loadSource, sources } from '../../lib/sources/index.ts'
import type { Json, Source, Verified } from '../../lib/sources/source.ts'
import { NOON_MS } from '../support/form-delivery.ts'
import { propertyRuns } from '../support/property.ts'
import { contextOf, signingOf } from '../support/samples.ts'

/** Where in a payload something else stands, and what: a number picks one of its places. */
type Change = { readonly at: number; readonly to: Json | undefined }

const oddValue = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom<Json>(
    null,
    '',
    ' ',
    0,
    -1,
    1e21,
    true,
    [],
    {},
    '2026-99-99',
    'a:9:{i:0;',
    '["',
    '{{field:x}}',
    '__proto__',
    'constructor',
    'toString',
  ),
  fc.jsonValue().map((value) => value as Json),
)
const changes = fc.array(fc.record({ at: fc.nat(), to: oddValue }), { minLength: 1, maxLength: 4 })

test.each(await readers())(
  '$name: whatever a payload holds, it makes an event or is not understood',
  async ({ source }) => {
    const samples = await storedSamples(source)
    fc.assert(
      fc.property(fc.constantFrom(...samples), changes, ({ verified, options }, made) => {
        const odd = changedIn(verified, made)
        const context = contextOf(source, { options })
        expect(source.identify(odd, context, NOON_MS).id).not.toBe('')
        expectEventOrNothing(() => source.toEvent(odd, context))
      }),
      propertyRuns(100),
    )
  },
)

test.each(await readers())('$name: texts made to be slow are read at once', async ({ source }) => {
  const slow = ['@', ' ', '{{', '1', ', ', 'a:1:{', '||'].map((text) => text.repeat(50_000))
  for (const { verified, options } of await storedSamples(source)) {
    const context = contextOf(source, { options })
    for (const text of slow) {
      const { payload, fetched } = verified
      const odd = {
        ...verified,
        payload: withTexts(payload, text),
        ...(fetched !== undefined && { fetched: withTexts(fetched, text) }),
      }
      expect(source.identify(odd, context, NOON_MS).id).not.toBe('')
      expectEventOrNothing(() => source.toEvent(odd, context))
    }
  }
})

/** The payload with every text of some length replaced. */
function withTexts(value: Json, text: string): Json {
  if (typeof value === 'string') return value.length > 3 ? text : value
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(
    ([key, inner]: [string, Json]) => [key, withTexts(inner, text)] as const,
  )
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

function expectEventOrNothing(toEvent: () => ReturnType<Source['toEvent']>): void {
  try {
    const event = toEvent()
    if (event.kind !== 'ignored') expect(z.union([FormSubmission, Order]).safeParse(event).success).toBe(true)
  } catch (error) {
    expect(error).toBeInstanceOf(NotUnderstoodError)
  }
}

/** Those that have samples; but not `web-form`, which reads only what its own decoder has written. */
async function readers(): Promise<{ name: string; source: Source }[]> {
  const loaded = await Promise.all(Object.keys(sources).map(loadSource))
  const counts = await Promise.all(loaded.map(async ({ name }) => (await samplesOf(name)).length))
  return loaded
    .filter(({ name }, index) => name !== 'web-form' && (counts[index] ?? 0) > 0)
    .map((source) => ({ name: source.name, source }))
}

async function storedSamples(
  source: Source,
): Promise<{ verified: Verified; options: Record<string, unknown> }[]> {
  const samples = await samplesOf(source.name)
  return Promise.all(
    samples
      .filter(({ becomes }) => becomes !== 'part')
      .map(async (sample) => {
        const request = await requestOf(source, sample, signingOf(source, sample))
        const verified = await source.verify(request, contextOf(source, sample), NOON_MS)
        const fetched =
          sample.fetched &&
          JSON.parse(await readFile(path.join(FIXTURES, source.name, sample.fetched), 'utf8'))
        const stored = JSON.parse(JSON.stringify({ ...verified, ...(fetched && { fetched }) })) as Verified
        return { verified: stored, options: sample.options }
      }),
  )
}

/** What was fetched is what a thin delivery is read from. */
function changedIn(verified: Verified, made: readonly Change[]): Verified {
  const { payload, fetched } = verified
  return fetched === undefined
    ? { ...verified, payload: made.reduce(changed, payload) }
    : { ...verified, fetched: made.reduce(changed, fetched) }
}

function changed(payload: Json, { at, to }: Change): Json {
  const place = at % placesIn(payload)
  return replaced(payload, place, to) ?? null
}

function placesIn(value: Json): number {
  const inner = typeof value === 'object' && value !== null ? Object.values(value) : []
  return inner.reduce<number>((sum, one) => sum + placesIn(one), 1)
}

/** The value with its place number `place` (itself is 0, then depth first) replaced; undefined leaves it out. */
function replaced(value: Json, place: number, to: Json | undefined): Json | undefined {
  if (place === 0) return to
  let left = place - 1
  const entries = Object.entries(value as object).flatMap(([key, inner]: [string, Json]) => {
    const isHere = left >= 0 && left < placesIn(inner)
    const now = isHere ? replaced(inner, left, to) : inner
    left -= placesIn(inner)
    return now === undefined ? [] : [[key, now] as const]
  })
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

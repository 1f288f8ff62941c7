import type { FormSubmission } from '../lib/events/form-submission.ts'
import type { CanonicalEvent } from '../lib/events/index.ts'
import type { Order } from '../lib/events/order.ts'
import type { Json, Source, Verified } from '../lib/sources/source.ts'

/** What is posted to the simulated sources: an event in our own words, or what is to be ignored. */
export type Body = {
  readonly id: string
  /** Without one the event is its own subject. */
  readonly subject?: string
  readonly event: FormSubmission | Order | 'ignored'
}

const verify: Source['verify'] = async ({ body }) => ({
  headers: {},
  payload: JSON.parse(body.toString()) as Json,
})

function sourceOf(name: string, kind: Source['kind']): Source {
  return {
    name,
    kind,
    verify,
    inlineBudgetMs: 20_000,
    sign: () => ({}),
    identify: (verified) => {
      const { id, subject } = bodyOf(verified)
      return { id, aliases: [], ...(subject !== undefined && { subject }) }
    },
    toEvent: (verified) => {
      const { event } = bodyOf(verified)
      return event === 'ignored' ? { kind: 'ignored', reason: 'honeypot' } : (event satisfies CanonicalEvent)
    },
  }
}

function bodyOf({ payload }: Verified): Body {
  return payload as unknown as Body
}

const SOURCES = [sourceOf('simulated-form', 'form'), sourceOf('simulated-shop', 'order')]

export async function loadSource(name: string): Promise<Source> {
  const source = SOURCES.find((one) => one.name === name)
  if (source === undefined) throw new Error(`the simulation has no source "${name}"`)
  return source
}

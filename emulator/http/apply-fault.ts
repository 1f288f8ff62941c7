import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import type { Fault } from '../faults/faults.ts'
import { errorBodies } from './respond.ts'

export type FaultContext = {
  /** No request is worked on for longer than this: what would take longer is reset. */
  readonly longestRequestMs: number
  /** Aborted when the emulator closes; what waits then never commits. */
  readonly closing: AbortSignal
}

type HonoContext = Context<{ Bindings: HttpBindings }>
type Answer = () => Promise<Response>
type Apply<K extends Fault['kind']> = (
  fault: Extract<Fault, { kind: K }>,
  answer: Answer,
  c: HonoContext,
  context: FaultContext,
) => Promise<Response>

/** How each kind of fault treats a request; `answer` does the work, commit included. */
const APPLY: { readonly [K in Fault['kind']]: Apply<K> } = {
  latency: async ({ ms }, answer, c, context) => {
    if (ms > context.longestRequestMs) return resetLate(c, context)
    await sleep(ms, undefined, { signal: context.closing })
    return answer()
  },
  hang: (_fault, _answer, c, context) => resetLate(c, context),
  status: async (fault, answer) => {
    if (fault.when === 'after-commit') await answer()
    return faultResponse(fault)
  },
  reset: async ({ when }, answer, c) => {
    if (when === 'after-commit') await answer()
    return reset(c)
  },
  'late-commit': async ({ ms }, answer, c, { longestRequestMs, closing }) => {
    reset(c)
    await sleep(Math.min(ms, longestRequestMs), undefined, { signal: closing })
    await answer()
    return RESPONSE_ALREADY_SENT
  },
}

/** Lets a request go wrong as told. */
export function applyFault(
  fault: Fault,
  answer: Answer,
  c: HonoContext,
  context: FaultContext,
): Promise<Response> {
  const apply = APPLY[fault.kind] as Apply<Fault['kind']>
  return apply(fault, answer, c, context)
}

function faultResponse({
  status,
  retryAfterS,
  body = 'diagnoses',
}: Extract<Fault, { kind: 'status' }>): Response {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  const message = `fault on demand: status ${status}`
  return errorBodies[body](status, [{ sdataCode: 'ApplicationDiagnosis', message }], headers)
}

async function resetLate(c: HonoContext, { longestRequestMs, closing }: FaultContext): Promise<Response> {
  await sleep(longestRequestMs, undefined, { signal: closing })
  return reset(c)
}

function reset(c: HonoContext): Response {
  c.env.incoming.socket.resetAndDestroy()
  return RESPONSE_ALREADY_SENT
}

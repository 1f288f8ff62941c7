import { defineConfig } from '../../lib/config/config.ts'
import { apiUrl, askJson } from '../../lib/sources/api/http.ts'
import type { Source, Verified } from '../../lib/sources/source.ts'
import { toSubmission } from '../../lib/sources/submission.ts'
import type { LedgerStore } from './ledger-stores.ts'
import { startPipe, type TestPipe } from './pipe.ts'
import { type StandInAnswer, vendorStandIn } from './vendor-stand-in.ts'

/** A ticket system that posts a number and tells the rest when it is asked. */
const thinTicket: Source = {
  name: 'thin-ticket',
  kind: 'form',
  inlineBudgetMs: 20_000,
  verify: async (request) => ({
    headers: {},
    payload: Object.fromEntries(new URLSearchParams(request.body.toString())),
  }),
  identify: ({ payload }) => ({ id: JSON.stringify(payload), aliases: [] }),
  async enrich({ payload }, _context, { baseUrl = '', credential, timeoutMs }) {
    const token = await credential('accessToken')
    if (token === undefined) return undefined
    const { ticket } = payload as { ticket: string }
    const { body } = await askJson({
      url: apiUrl(baseUrl, `tickets/${ticket}`),
      headers: { authorization: `Bearer ${token}` },
      timeoutMs,
    })
    return body
  },
  toEvent: ({ payload, fetched }, { instance }) => {
    const fields = { ...(payload as object), ...((fetched ?? { subject: 'not told' }) as object) }
    const entries = Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }))
    return toSubmission({ fields: entries }, instance, {})
  },
  sign: () => ({}),
}

type ThinPipe = TestPipe & {
  readonly asked: readonly unknown[]
  /** What the vendor answers from now on. */
  answer(answer: StandInAnswer | 'reset'): void
  credential(token: string | undefined): void
  verifiedOf(eventId: string): Promise<Verified>
}

/** The real pipe with thin tickets in place of the forms of `contact`, and their vendor. */
export async function startThinPipe(on: LedgerStore): Promise<ThinPipe> {
  let answer: StandInAnswer | 'reset' = { body: { subject: 'Forty routers' } }
  let token: string | undefined = 'a-token'
  const { baseUrl, asked } = await vendorStandIn(() => answer)
  const api = { credentials: { accessToken: 'TICKET_TOKEN' }, baseUrl }
  const test = await startPipe({
    on,
    config: defineConfig({
      installation: 'test',
      publicUrl: 'http://localhost',
      sources: { contact: { source: 'thin-ticket', api } },
    }),
    loadSource: async () => thinTicket,
    secret: async (name) => (name === 'TICKET_TOKEN' && token !== undefined ? [token] : []),
  })
  return {
    ...test,
    asked,
    answer: (next) => {
      answer = next
    },
    credential: (next) => {
      token = next
    },
    verifiedOf: async (eventId) => {
      const event = await test.pipe.ledger.load(eventId)
      if (event === undefined) throw new Error(`${eventId} is not there`)
      return test.pipe.ledger.payload(event.record)
    },
  }
}

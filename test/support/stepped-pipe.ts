import type { StoredEvent } from '../../lib/delivery/ledger.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import type { LogFields } from '../../lib/values/log.ts'
import { breakCrm } from './crm.ts'
import { SQLITE } from './ledger-stores.ts'
import { startPipe } from './pipe.ts'

export const FORM = { name: 'Maeve Murphy', email: 'maeve@example.com', message: 'Forty routers, please.' }
/** Turned away, because it is busy. */
export const AWAY = { kind: 'status', status: 503, retryAfterS: 1, when: 'before-commit' }

type Line = readonly [level: string, message: string, fields: LogFields | undefined]

/** The pipe with a ledger whose time moves only when the test says so, and what it logs. */
export async function startSteppedPipe(parts: Partial<Pipe> = {}) {
  const lines: Line[] = []
  const level = (name: string) => (text: string, fields?: LogFields) => void lines.push([name, text, fields])
  const log = { info: level('info'), warn: level('warn'), error: level('error') }
  let now = Date.UTC(2026, 10, 24)
  const stepped = { ...SQLITE, open: () => SQLITE.open(() => now) }
  const test = await startPipe({ on: stepped, log, ...parts })
  const { ledger } = test.pipe
  return {
    ...test,
    lines,
    now: () => now,
    pass: (ms: number) => {
      now += ms
    },
    load: async (id: string) => (await ledger.load(id)) as StoredEvent,
    wakeAt: async (id: string) => (await ledger.store.get(`event#${id}`))?.wakeAt,
    /** A form whose first try found the CRM away, and that is due again. */
    dueForm: async () => {
      await breakCrm(test.emulator, { fault: AWAY })
      const { eventId } = await test.submit(FORM)
      await test.pipe.gate.succeeded()
      now += 60_000
      test.queued.length = 0
      test.metrics.length = 0
      return eventId
    },
  }
}

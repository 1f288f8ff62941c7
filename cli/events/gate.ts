import { Gate, type GateState } from '../../lib/delivery/gate.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { iso } from './print.ts'

/** The gate as people handle it; deliveries know it by their credentials. */
export function gateOf(store: Store): Gate {
  return new Gate({
    store,
    credentials: async () => '',
    random: Math.random,
    monotonicMs: () => performance.now(),
  })
}

/** In one line. */
export function describeGate({ breaker, paused, lastSuccessAt }: GateState): string {
  const pauses = paused.all ? ['everything is paused'] : paused.instances.map((name) => `${name} is paused`)
  const last =
    lastSuccessAt === 0 ? 'the CRM has not answered yet' : `the CRM last answered ${iso(lastSuccessAt)}`
  return [describeBreaker(breaker), ...pauses, last].join('; ')
}

function describeBreaker(breaker: GateState['breaker']): string {
  switch (breaker.state) {
    case 'closed':
      return 'deliveries pass'
    case 'open':
      return `shut since ${iso(breaker.since)}, next probe ${iso(breaker.probeAt)}`
    case 'locked':
      return `locked since ${iso(breaker.since)}: the CRM refused user and password; correct them, or events resume`
  }
}

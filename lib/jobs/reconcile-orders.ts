import { catchUp } from '../delivery/catch-up.ts'
import type { Pipe } from '../delivery/pipe.ts'
import type { Job } from './job.ts'
import { tellOfDisabledWebhooks } from './reconcile/webhooks.ts'

/**
 * Asks the vendors of the configured sources what has changed since the last time, and puts what never arrived, or arrived
 * older, through the same pipe. Of WooCommerce, which gives up a failing webhook without a word, it also asks whether ours
 * is still switched on.
 */
export const reconcileOrders: Job = async (pipe, deadline) => {
  const total = { asked: 0, listed: 0, lacking: 0, failed: 0, disabled: 0 }
  for (const name of Object.keys(pipe.config.sources)) {
    const found = await catchUp(name, pipe, deadline)
    if (found === undefined) continue
    total.asked += 1
    total.listed += found.listed
    total.lacking += found.lacking
    total.failed += found.failed
    if (found.lacking > 0) report(name, found.lacking, pipe)
    total.disabled += found.failed > 0 ? 0 : await tellOfDisabledWebhooks(name, pipe)
  }
  return total
}

function report(instance: string, count: number, { log }: Pipe): void {
  log.warn('deliveries that never arrived', { job: 'reconcile-orders', instance, count })
}

import middy from '@middy/core'
import { type RunOptions, type RunOutcome, runAutomation } from '../lib/delivery/automation/run.ts'
import { assemble } from '../lib/runtime/assemble.ts'
import { correlated } from '../lib/runtime/log.ts'

const RESERVE_MS = 2_000

type Started = RunOptions & { readonly automation: string }

/** An alarm clock names an automation: `{ "automation": "follow-up-quotes" }`. What is due is in the ledger. */
export const handler = middy<Started, RunOutcome>().handler(({ automation, ...options }, context) =>
  correlated(context.awsRequestId, async () => {
    const pipe = await assemble()
    const deadline = { remainingMs: () => context.getRemainingTimeInMillis() - RESERVE_MS }
    const outcome = await runAutomation(automation, pipe, deadline, options)
    if (outcome.state === 'not-configured')
      throw new Error(`integration.config.ts has no automation "${automation}"`)
    return outcome
  }),
)

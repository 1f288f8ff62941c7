import { create, rivalOf, withRetries } from './rival.ts'

/** What most integrations do: a request that failed is sent again; when that does not help, the message comes again later. */
export const naiveRetry = rivalOf('naive retry', (step, fields, means) =>
  withRetries(means, () => create(step, fields, means)),
)

import middy from '@middy/core'
import { jobs } from '../lib/jobs/index.ts'
import type { JobReport } from '../lib/jobs/job.ts'
import { assemble } from '../lib/runtime/assemble.ts'
import { correlated } from '../lib/runtime/log.ts'

/** A schedule names a job that watches the system itself, e.g. `{ "job": "sweep-unfinished" }`. */
export const handler = middy<{ job: string }, JobReport>().handler(({ job: name }, context) =>
  correlated(context.awsRequestId, async () => {
    const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined
    if (job === undefined) throw new Error(`no job "${name}"; there is ${Object.keys(jobs).join(', ')}`)
    const pipe = await assemble()
    const report = await job(pipe, { remainingMs: () => context.getRemainingTimeInMillis() })
    const found = Object.entries(report).filter(([, count]) => count > 0)
    for (const [reason, count] of found) pipe.log.info('job', { job: name, reason, count })
    return report
  }),
)

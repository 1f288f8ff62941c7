import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { jobs } from '../lib/jobs/index.ts'
import type { JobReport } from '../lib/jobs/job.ts'
import { assemble } from '../lib/runtime/assemble.ts'

/** A schedule names a job that watches the system itself, e.g. `{ "job": "sweep-unfinished" }`. */
export const handler = middy<{ job: string }, JobReport>().handler(
  async ({ job: name }, context: Context) => {
    const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined
    if (job === undefined) throw new Error(`no job "${name}"; there is ${Object.keys(jobs).join(', ')}`)
    const pipe = await assemble()
    const report = await job(pipe, { remainingMs: () => context.getRemainingTimeInMillis() })
    for (const [reason, count] of Object.entries(report))
      if (count > 0) pipe.log.info('job', { job: name, reason, count })
    return report
  },
)

import type { Deadline } from '../delivery/limits.ts'
import type { Pipe } from '../delivery/pipe.ts'

/** What a job found and did: counts by name, for the log. */
export type JobReport = Readonly<Record<string, number>>

/** Something that watches the system itself. Run by a schedule through functions/run-job. */
export type Job = (pipe: Pipe, deadline: Deadline) => Promise<JobReport>

import type { Job } from './job.ts'
import { sweepUnfinished } from './sweep-unfinished.ts'

/** Every job a schedule may name. */
export const jobs: Readonly<Record<string, Job>> = {
  'sweep-unfinished': sweepUnfinished,
}

import { checkPrototypes } from './check-prototypes.ts'
import type { Job } from './job.ts'
import { sweepUnfinished } from './sweep-unfinished.ts'

/** Every job a schedule may name. */
export const jobs: Readonly<Record<string, Job>> = {
  'check-prototypes': checkPrototypes,
  'sweep-unfinished': sweepUnfinished,
}

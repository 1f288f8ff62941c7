import type { Pipe } from '../delivery/pipe.ts'
import { tallyOf } from '../delivery/tally.ts'
import { countEvents } from './digest/count.ts'
import { noticeOf } from './digest/notice.ts'
import type { Job } from './job.ts'

const DAY_MS = 24 * 60 * 60_000

/** What came in during the last 24 hours and what became of it, told to people. */
export const digest: Job = async (pipe) => {
  const until = pipe.ledger.store.now()
  const counts = await countEvents(pipe, until - DAY_MS, until)
  const { notify, config } = pipe
  const { duplicates, outages, broken } = await tallies(pipe, until)
  await notify(noticeOf({ ...counts, duplicates, outages, broken, until, installation: config.installation }))
  const { received, done, parked, waiting } = counts
  return { received, done, duplicates, parked: parked.length, waiting, outages, broken }
}

/** The counts are those of days in UTC: of today and of yesterday. */
async function tallies({ ledger }: Pipe, until: number) {
  const [today, yesterday] = await Promise.all([until, until - DAY_MS].map((at) => tallyOf(ledger.store, at)))
  return {
    duplicates: (today?.duplicates ?? 0) + (yesterday?.duplicates ?? 0),
    outages: (today?.outages ?? 0) + (yesterday?.outages ?? 0),
    broken: today?.broken || (yesterday?.broken ?? 0),
  }
}

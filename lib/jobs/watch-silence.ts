import { isAutomation } from '../delivery/automation/instance.ts'
import type { Pipe } from '../delivery/pipe.ts'
import { updateItem } from '../delivery/store/update.ts'
import * as z from '../values/schema.ts'
import type { Job } from './job.ts'

const DAY_MS = 24 * 60 * 60_000
const LOOKED_BACK_MS = 28 * DAY_MS
/** Who is heard of less often has no rhythm. */
const LEAST_DELIVERIES = 10
const LEAST_SILENCE_MS = 60 * 60_000
/** So much longer than the longest silence of the last weeks is unusual. */
const UNUSUAL = 1.5

type Rhythm = { readonly count: number; readonly lastAt: number; readonly longestMs: number }

/**
 * Sources that have been quiet for half as long again as ever in the last four weeks: a webhook that its vendor has switched
 * off, a form that was taken off its page. People are told once for each silence; the metric counts them at each run.
 */
export const watchSilence: Job = async (pipe) => {
  const now = pipe.ledger.store.now()
  const rhythms = await rhythmsOf(pipe, now)
  const silent = [...rhythms].filter(([, rhythm]) => isSilent(rhythm, now))
  for (const [instance, { lastAt }] of silent) {
    pipe.log.error('a source has been quiet for too long', { job: 'watch-silence', instance })
    if (await isNews(instance, lastAt, pipe)) await tell(instance, lastAt, pipe)
  }
  pipe.metrics.count('silent', silent.length)
  return { watched: rhythms.size, silent: silent.length }
}

/** Of the sources that are configured. The ledger gives its events in no order, so their times are sorted first. */
async function rhythmsOf({ ledger, config }: Pipe, now: number): Promise<ReadonlyMap<string, Rhythm>> {
  const times = new Map<string, number[]>()
  for await (const { instance, receivedAt } of ledger.events()) {
    const isWatched = !isAutomation(instance) && Object.hasOwn(config.sources, instance)
    if (!isWatched || receivedAt < now - LOOKED_BACK_MS) continue
    const known = times.get(instance)
    if (known === undefined) times.set(instance, [receivedAt])
    else known.push(receivedAt)
  }
  return new Map([...times].map(([instance, all]) => [instance, rhythmOf(all.toSorted((a, b) => a - b))]))
}

function rhythmOf(times: readonly number[]): Rhythm {
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at))
  const longestMs = gaps.reduce((longest, gap) => Math.max(longest, gap), 0)
  return { count: times.length, lastAt: times.at(-1) ?? 0, longestMs }
}

function isSilent({ count, lastAt, longestMs }: Rhythm, now: number): boolean {
  return count >= LEAST_DELIVERIES && now - lastAt > Math.max(LEAST_SILENCE_MS, UNUSUAL * longestMs)
}

const Silence = z.object({ format: z.literal(1), since: z.number() })

/** Whether nobody has been told of this silence yet. */
async function isNews(instance: string, since: number, { ledger }: Pipe): Promise<boolean> {
  let news = false
  await updateItem(ledger.store, `silence#${instance}`, (item) => {
    news = item === undefined || Silence.parse(item.value).since !== since
    return news ? { value: { format: 1, since } } : undefined
  })
  return news
}

async function tell(instance: string, since: number, { notify }: Pipe): Promise<void> {
  const at = `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  await notify({
    subject: `Nothing from ${instance} for an unusually long time`,
    text: `The last delivery of "${instance}" came at ${at}. Is its webhook still switched on, its form still on its page?`,
  })
}

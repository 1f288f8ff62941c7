import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { FIXTURES, requestOf, type Sample, samplesOf } from '../../cli/samples.ts'
import type { CanonicalEvent, Ignored } from '../../lib/events/index.ts'
import type { OrderSnapshot } from '../../lib/events/order.ts'
import { sumOfParts } from '../../lib/events/order-sum.ts'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { loadSource, sources } from '../../lib/sources/index.ts'
import type { Identity, Source, SourceContext, Verified } from '../../lib/sources/source.ts'

export const SAMPLE_SECRET = 'whsec_c2FtcGxlLXNlY3JldC1mb3ItdGVzdHM='
const NOW_MS = Date.UTC(2026, 2, 12, 12)

/** What a sample is signed with in the tests. */
export function signingOf(source: Source, sample: Sample) {
  const { url } = contextOf(source, sample)
  return { secret: SAMPLE_SECRET, nowMs: NOW_MS, deliveryId: 'sample-1', url, options: sample.options }
}

export function contextOf(
  source: Source,
  sample: Pick<Sample, 'options'>,
  secret = SAMPLE_SECRET,
): SourceContext {
  return {
    instance: 'sample',
    options: sample.options,
    secrets: [secret],
    token: secret,
    url: `https://crm.example.com/${source.kind}s/sample`,
    acceptTests: true,
  }
}

export type Row = {
  readonly source: string
  readonly file: string
  readonly became: string
  readonly summary: string
  /** What is not as `samples.json` and the golden file say; empty when all is well. */
  readonly problems: readonly string[]
}

/**
 * What becomes of every sample of every source, compared with the golden files (`events/<file>`).
 * @param update writes the golden files anew
 */
export async function checkSamples(update = false): Promise<Row[]> {
  const rows: Row[] = []
  for (const name of Object.keys(sources)) {
    for (const sample of await samplesOf(name)) rows.push(await checkSample(name, sample, update))
    rows.push(...(await unlisted(name)))
  }
  return rows
}

async function unlisted(source: string): Promise<Row[]> {
  const files = await readdir(path.join(FIXTURES, source)).catch(() => [])
  const listed = new Set(['samples.json', 'events', ...(await samplesOf(source)).map(({ file }) => file)])
  const problems = ['is not in samples.json']
  return files
    .filter((file) => !listed.has(file) && !file.endsWith('.md'))
    .map((file) => ({ source, file, became: '', summary: '', problems }))
}

async function checkSample(name: string, sample: Sample, update: boolean): Promise<Row> {
  const row = { source: name, file: sample.file }
  if (sample.becomes === 'part') return { ...row, became: 'part', summary: sample.reason ?? '', problems: [] }
  const source = await loadSource(name)
  const told = await tell(source, sample)
  const problems = [
    ...differences(sample, told),
    ...(await goldenDifference(name, sample, told, update)),
    ...(isOrder(told.event) ? moneyProblems(told.event, sample) : []),
  ]
  return { ...row, became: becameOf(told), summary: summaryOf(told), problems }
}

type Told = {
  readonly identity?: Identity
  readonly event?: CanonicalEvent | Ignored
  readonly parked?: NotUnderstoodError
}

async function tell(source: Source, sample: Sample): Promise<Told> {
  const context = contextOf(source, sample)
  const verified = await source.verify(
    await requestOf(source, sample, signingOf(source, sample)),
    context,
    NOW_MS,
  )
  const stored = JSON.parse(JSON.stringify(verified)) as Verified
  const fetched =
    sample.fetched && JSON.parse(await readFile(path.join(FIXTURES, source.name, sample.fetched), 'utf8'))
  const identity = source.identify(stored, context, NOW_MS)
  try {
    return { identity, event: source.toEvent({ ...stored, ...(fetched && { fetched }) }, context) }
  } catch (error) {
    if (error instanceof NotUnderstoodError) return { identity, parked: error }
    throw error
  }
}

function becameOf({ event }: Told): Sample['becomes'] {
  if (event === undefined) return 'parked'
  return event.kind === 'ignored' ? 'ignored' : 'event'
}

function reasonOf({ event, parked }: Told): string | undefined {
  return event?.kind === 'ignored' ? event.reason : parked?.message
}

function differences(sample: Sample, told: Told): string[] {
  const became = becameOf(told)
  if (became !== sample.becomes) return [`became ${became} (${reasonOf(told)}), not ${sample.becomes}`]
  if (became === 'event' || reasonOf(told) === sample.reason) return []
  return [`the reason is "${reasonOf(told)}", not "${sample.reason}"`]
}

async function goldenDifference(
  source: string,
  { file }: Sample,
  told: Told,
  update: boolean,
): Promise<string[]> {
  if (becameOf(told) !== 'event') return []
  const folder = path.join(FIXTURES, source, 'events')
  const golden = path.join(folder, `${file.replace(/\.[a-z]+$/, '')}.json`)
  const actual = JSON.parse(JSON.stringify({ identity: told.identity, event: told.event }))
  if (update) {
    await mkdir(folder, { recursive: true })
    await writeFile(golden, `${JSON.stringify(actual, null, 2)}\n`)
  }
  const expected = JSON.parse(await readFile(golden, 'utf8').catch(() => 'null'))
  return isDeepStrictEqual(actual, expected) ? [] : ['is not what its golden file says']
}

function isOrder(event: Told['event']): event is OrderSnapshot {
  return event?.kind === 'order' && 'lines' in event
}

function moneyProblems(order: OrderSnapshot, { adjustment }: Sample): string[] {
  const problems: string[] = []
  if (!sumOfParts(order).eq(order.total))
    problems.push(`the parts come to ${sumOfParts(order)}, not ${order.total}`)
  if (order.adjustment?.amount !== adjustment?.amount) {
    problems.push(
      `the adjustment is ${order.adjustment?.amount ?? 'none'}, samples.json says ${adjustment?.amount ?? 'none'}`,
    )
  }
  return problems
}

function summaryOf({ event, parked }: Told): string {
  if (parked !== undefined) return parked.message
  if (event === undefined || event.kind === 'ignored') return event?.reason ?? ''
  if (event.kind === 'form-submission') return `${event.email ?? 'no e-mail'}, ${event.fields.length} fields`
  if ('lines' in event)
    return `${event.number} ${event.state} ${event.total} ${event.currency}, ${event.lines.length} lines`
  if (event.kind === 'automation-run') return `${event.automation} ${event.level}`
  return `${event.orderId} ${event.standing.name}`
}

import { automationOf, type ConfiguredAutomation } from '../../automations/index.ts'
import {
  CrmAmbiguousError,
  CrmBusyError,
  CrmCredentialsError,
  CrmError,
  CrmUnreachableError,
} from '../../crm/errors.ts'
import { NotYetError } from '../../crm/journal.ts'
import type { Observed } from '../../events/automation-run.ts'
import { FencedOffError } from '../ledger.ts'
import { type Deadline, LEASE_MARGIN_MS, RESERVE_MS } from '../limits.ts'
import type { Pipe } from '../pipe.ts'
import { bringAbout, type Means } from './bring-about.ts'
import { instanceOf } from './instance.ts'
import { counted } from './report.ts'
import { EMPTY_REPORT, type Run, type RunReport, type Turn, takeRun } from './run-record.ts'
import { FIRST_WIDTH, highestId, readPage, readRelated } from './scan.ts'
import { dueWindow } from './windows.ts'

/**
 * `not-due`: its time has not come. `busy`: another worker has the run. `paused`: the CRM is away, or people have paused it.
 * `continues`: the time was up and a message makes somebody go on. `stopped`: it cannot be done, `why` says so.
 */
export type RunOutcome = {
  readonly state: 'not-configured' | 'not-due' | 'busy' | 'paused' | 'continues' | 'finished' | 'stopped'
  readonly report?: RunReport
  readonly why?: string
}

export type RunOptions = {
  /** Somebody wants it now, whatever the schedule says. */
  readonly byHand?: boolean
  /** The time the rule is asked about, in ms; now unless told otherwise. */
  readonly nowMs?: number
  /** No more changes than this. */
  readonly limit?: number
}

const PAUSED_FOR_MS = 60_000
/** A run that lasts longer than this between two writes of its cursor would do too much again. */
const RECORDS_A_CURSOR = 50

/**
 * Goes on with the run that is not through, or begins that of the window that is due. Records are worked through by windows
 * of ids; how far it came is in the ledger after every page, so that whoever comes next goes on there. Throws
 * StoreUnavailableError.
 */
export async function runAutomation(
  name: string,
  pipe: Pipe,
  deadline: Deadline,
  options: RunOptions = {},
): Promise<RunOutcome> {
  const automation = automationOf(name, pipe.config)
  if (automation === undefined) return { state: 'not-configured' }
  const { store } = pipe.ledger
  const leaseMs = deadline.remainingMs() + LEASE_MARGIN_MS
  const taken = await takeRun(store, name, leaseMs, ({ since }) => {
    const now = store.now()
    const opens = options.byHand ? now : dueWindow(automation, since, now)
    return opens === undefined ? undefined : newRun(opens, now, options)
  })
  if (taken.state !== 'taken') return { state: taken.state }
  try {
    return await inSlot(automation, taken.turn, leaseMs, pipe, deadline)
  } catch (error) {
    if (error instanceof FencedOffError) return { state: 'busy' }
    throw error
  }
}

function newRun(opens: number, began: number, { nowMs = began, limit }: RunOptions): Run {
  const from = { after: 0, width: FIRST_WIDTH, report: EMPTY_REPORT }
  return { opens, began, nowMs, ...from, ...(limit !== undefined && { limit }) }
}

async function inSlot(
  automation: ConfiguredAutomation,
  turn: Turn,
  leaseMs: number,
  pipe: Pipe,
  deadline: Deadline,
): Promise<RunOutcome> {
  const admission = await pipe.gate.admit(instanceOf(automation.name))
  if (!admission.admitted) return pause(automation, turn, pipe)
  const slot = await pipe.slots.take(leaseMs)
  if (slot === undefined) return pause(automation, turn, pipe)
  try {
    return await walk(automation, turn, { pipe, deadline, slot })
  } catch (error) {
    return await failed(error, automation, turn, pipe)
  } finally {
    await slot.free()
  }
}

/** Page by page, until the last id or until the time is up. */
async function walk(automation: ConfiguredAutomation, turn: Turn, means: Means): Promise<RunOutcome> {
  const { pipe, deadline } = means
  const leastMs = 2 * pipe.times.requestTimeoutMs + RESERVE_MS
  let run = turn.run
  if (run === undefined) return { state: 'not-due' }
  const last = run.last ?? (await highestId(automation, pipe))
  for (run = { ...run, last }; run.after < last && !isEnough(run); ) {
    if (deadline.remainingMs() < leastMs) return handOn(automation, turn, run, pipe)
    const page = await readPage(automation, { ...run, last }, pipe)
    await pipe.gate.succeeded()
    run = { ...run, width: page.width }
    const done = await eachDue(automation, page.records, run, means)
    const scanned = done.isThrough ? page.received : done.matched
    const report = counted(run.report, { scanned, matched: done.matched, pages: 1 }, done.became)
    run = { ...run, report, after: done.isThrough ? page.upTo : done.after }
    await turn.save(run)
    if (done.isClosed) return pause(automation, turn, pipe)
  }
  await turn.finish(run)
  tell(automation, run.report, pipe)
  return { state: 'finished', report: run.report }
}

function isEnough({ limit, report }: Run): boolean {
  return limit !== undefined && report.changed + report.waiting >= limit
}

type PageDone = {
  readonly became: readonly Awaited<ReturnType<typeof bringAbout>>[]
  readonly matched: number
  /** The last record that is done with, when the page is not. */
  readonly after: number
  readonly isThrough: boolean
  readonly isClosed: boolean
}

/** Decides about the records of a page, and brings about what is due, in the order of their ids. */
async function eachDue(
  automation: ConfiguredAutomation,
  records: readonly Observed[],
  run: Run,
  means: Means,
): Promise<PageDone> {
  const { pipe, deadline } = means
  const { nowMs, began } = run
  const leastMs = 2 * pipe.times.requestTimeoutMs + RESERVE_MS
  const candidates = records.filter((record) => 'plan' in automation.decide(record, [], nowMs))
  const related = await readRelated(automation, candidates, pipe)
  const became: PageDone['became'][number][] = []
  let [matched, after, changes] = [0, run.after, 0]
  for (const record of records) {
    const others = related.get(record.id) ?? []
    const due = automation.decide(record, others, nowMs)
    if ('skip' in due) became.push({ is: 'skipped', why: due.skip })
    else {
      const isFull = run.limit !== undefined && run.report.changed + run.report.waiting + changes >= run.limit
      if (isFull || changes >= RECORDS_A_CURSOR || deadline.remainingMs() < leastMs)
        return { became, matched, after, isThrough: false, isClosed: false }
      const one = await bringAbout({ automation, record, related: others, due, nowMs, began }, means)
      if (one.is === 'closed') return { became, matched, after, isThrough: false, isClosed: true }
      became.push(one)
      changes += one.is === 'skipped' ? 0 : 1
    }
    matched += 1
    after = Number(record.id)
  }
  return { became, matched, after, isThrough: true, isClosed: false }
}

async function handOn({ name }: ConfiguredAutomation, turn: Turn, run: Run, pipe: Pipe): Promise<RunOutcome> {
  await turn.save(run)
  await turn.release()
  await goOnLater(name, 0, pipe)
  return { state: 'continues', report: run.report }
}

async function pause({ name }: ConfiguredAutomation, turn: Turn, pipe: Pipe): Promise<RunOutcome> {
  await turn.release()
  await goOnLater(name, PAUSED_FOR_MS, pipe)
  const report = turn.run?.report
  return { state: 'paused', ...(report !== undefined && { report }) }
}

/** A message that is not sent is made up for by the next time of the schedule. */
async function goOnLater(name: string, delayMs: number, { queue, log }: Pipe): Promise<void> {
  try {
    await queue.sendRun(name, delayMs)
  } catch (error) {
    log.warn('the retry queue took no message', { job: name, errorName: nameOf(error) })
  }
}

/** The CRM's own trouble pauses a run where it is; what no later try can mend stops it until its next window. */
async function failed(
  error: unknown,
  automation: ConfiguredAutomation,
  turn: Turn,
  pipe: Pipe,
): Promise<RunOutcome> {
  if (error instanceof NotYetError) return pause(automation, turn, pipe)
  if (!(error instanceof CrmError)) throw error
  if (error instanceof CrmCredentialsError) await pipe.gate.lock()
  const isAway = [CrmUnreachableError, CrmBusyError, CrmAmbiguousError].some((type) => error instanceof type)
  if (isAway) await pipe.gate.failed()
  if (isAway || error instanceof CrmCredentialsError) return pause(automation, turn, pipe)
  const { run } = turn
  if (run === undefined) throw error
  await turn.finish(run, error.message)
  pipe.log.error('an automation was stopped', { job: automation.name, errorName: error.name })
  pipe.metrics.count('stopped', 1)
  return { state: 'stopped', report: run.report, why: error.message }
}

function tell({ name }: ConfiguredAutomation, report: RunReport, { log }: Pipe): void {
  const { skipped, ...counts } = report
  const all = [...Object.entries(counts), ...Object.entries(skipped)]
  for (const [reason, count] of all) if (count > 0) log.info('automation', { job: name, reason, count })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}

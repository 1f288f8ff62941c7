import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomNumbers } from '../../emulator/random.ts'
import { inAnyOrder } from './deliveries.ts'
import { type EmulatedCrm, startEmulatedCrm } from './emulated-crm.ts'
import { startFleet } from './fleet.ts'
import { openLedger, type SoakLedger } from './ledger.ts'
import { startLedgerServer } from './ledger-server.ts'
import type { Options } from './options.ts'
import { makeOrders } from './orders.ts'
import { startQueueServer } from './queue-server.ts'
import { type Report, reportOf } from './report.ts'
import { sendAll } from './senders.ts'
import { deliveredOrders, SHOP_SECRET } from './shop.ts'
import { makeSubmissions, postedForms } from './submissions.ts'
import { readTables } from './tables.ts'
import { unrest } from './unrest.ts'
import { type Happened, verdictOn } from './verdict.ts'

type Say = (line: string) => void
type Stop = () => Promise<void>

/** So many of the events belong to orders. */
const SHARE_OF_ORDERS = 0.25

/** So much of the work may be left when the faults and the kills end. */
const SHARE_LEFT = 0.02
const EVENTS_LEFT = 20
const MOST_ROUNDS = 5
const LOOK_EVERY_MS = 500
const HURRY_EVERY_MS = 4_000

/** The workers' quarantine: four times the emulator's longest request, for a machine that is busy. */
const TIMES = {
  CRM_REQUEST_TIMEOUT_MS: '1500',
  CRM_LONGEST_REQUEST_MS: '2000',
  CRM_SEND_WINDOW_MS: '500',
}

/**
 * Real processes and sockets: an emulated CRM that fails, a queue that forgets, several workers on one ledger, all of them
 * killed and started again while senders repeat themselves. In the end the CRM must contain everything once.
 */
export async function soak(options: Options, say: Say): Promise<Report> {
  const folder = await mkdtemp(path.join(tmpdir(), `soak-${process.pid}-`))
  const stops: Stop[] = [() => rm(folder, { recursive: true, force: true })]
  const whenKilled = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', whenKilled)
  try {
    return await run(options, folder, (stop) => void stops.unshift(stop), say)
  } finally {
    for (const stop of stops) await stop()
    process.off('exit', whenKilled)
  }
}

async function run(options: Options, folder: string, atEnd: (stop: Stop) => void, say: Say): Promise<Report> {
  const random = randomNumbers(options.seed)
  const happened = happenings(options, random)
  const deliveries = deliveriesOf(happened, options, random)
  const began = performance.now()

  const crm = await startEmulatedCrm(folder, options.seed)
  atEnd(crm.stop)
  const queue = await startQueueServer()
  atEnd(queue.stop)
  const storage = await startLedgerServer(options.ledger, folder)
  atEnd(storage.stop)
  const env = { ...environment(crm), ...queue.env, ...storage.env }
  const ledger = await openLedger(env)
  atEnd(ledger.close)
  const fleet = await startFleet(options.workers, env, random)
  atEnd(fleet.stop)
  say(
    `${options.workers} workers on ${options.ledger}; ${deliveries.length} deliveries of ${options.events} events`,
  )

  const trouble = unrest({ fleet, servers: [crm, queue], options, random, say })
  atEnd(trouble.stop)
  const sent = await sendAll(deliveries, fleet, options, random)
  say(`all are answered after ${seconds(began)} s`)
  await until(async () => trouble.kills() >= options.kills && (await isNearlyDone(ledger, options.events)))
  await trouble.stop()
  await crm.calm()
  const drained = performance.now()
  const redriven = await finish(ledger, say)

  const counted = await crm.counted()
  const verdict = verdictOn(await readTables(crm.all), happened)
  const states = await ledger.count()
  return reportOf({
    options,
    happened,
    deliveries: deliveries.length,
    sent,
    kills: trouble.kills(),
    restarts: trouble.restarts(),
    durationMs: performance.now() - began,
    busyMs: drained - began,
    redriven,
    verdict,
    states,
    counted,
  })
}

function happenings({ events }: Options, random: () => number): Happened {
  const ofOrders = Math.round(events * SHARE_OF_ORDERS)
  return {
    submissions: makeSubmissions(events - ofOrders, random),
    orders: makeOrders(ofOrders, random),
  }
}

function deliveriesOf({ submissions, orders }: Happened, { events }: Options, random: () => number) {
  const due = [...postedForms(submissions, random), ...deliveredOrders(orders, events, random)]
  return inAnyOrder(due, random)
}

function environment(crm: EmulatedCrm): Record<string, string> {
  return {
    ...TIMES,
    CRM_URL: crm.url,
    CRM_USER: 'admin',
    CRM_PASSWORD: 'admin',
    LEDGER_SYNCHRONOUS: 'normal',
    SHOP_SECRET,
    LEDGER_KEY: 'a key for the soak alone',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  }
}

async function isNearlyDone(ledger: SoakLedger, events: number): Promise<boolean> {
  const most = Math.max(EVENTS_LEFT, events * SHARE_LEFT)
  return (await ledger.unfinished(Math.floor(most) + 1)) <= most
}

/** Until nothing is unfinished and nothing is parked, or parked again and again. Returns how many were redriven. */
async function finish(ledger: SoakLedger, say: Say): Promise<number> {
  let redriven = 0
  for (let rounds = 0; ; rounds += 1) {
    let hurriedAt = Number.NEGATIVE_INFINITY
    await until(async () => {
      if (performance.now() - hurriedAt > HURRY_EVERY_MS) {
        hurriedAt = performance.now()
        await ledger.hurry()
      }
      return (await ledger.unfinished(1)) === 0
    })
    const parked = rounds < MOST_ROUNDS ? await ledger.redriveParked() : 0
    if (parked === 0) return redriven
    say(`${parked} were parked and are redriven`)
    redriven += parked
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(LOOK_EVERY_MS)
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}

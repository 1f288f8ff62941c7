import { strict as assert } from 'node:assert'
import type { Scheduler } from 'fast-check'
import { claimSubject } from '../../lib/delivery/claim.ts'
import { eraseTraces, findTraces } from '../../lib/delivery/forget.ts'
import { FencedOffError, type Ledger } from '../../lib/delivery/ledger.ts'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { sweepUnfinished } from '../../lib/jobs/sweep-unfinished.ts'
import { checkWorld, statesOf } from './checks.ts'
import { unexplained } from './history.ts'
import { type Letter, verified } from './letters.ts'
import { type Planted, SLOTS, type Worker, World } from './world.ts'

export type Scenario = (scheduler: Scheduler, seed: number, planted?: Planted) => Promise<void>

const NAMES = ['Ada', 'Ben', 'Cleo'] as const
const SLOT_LEASE_MS = 5_000
const PERSON = 'ada@example.com'
const MINUTE = { remainingMs: () => 60_000 }

/** What two or three workers may do at the same time, each in any order of its steps. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'calls of the store in memory': (scheduler, seed, planted) =>
    storeCalls(new World(scheduler, seed, planted)),

  'calls of the store on SQLite': async (scheduler, seed) => {
    const store = (now: () => number) => openSqliteStore({ file: ':memory:', synchronous: 'normal', now })
    const world = new World(scheduler, seed, { store })
    await storeCalls(world)
    await world.store.close()
  },

  'claim, intent, write, apply and release of one subject': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const lives = NAMES.map((name) => world.mortal(name, claimAndWrite))
    await world.interleave(world.clock(), ...lives)
    checkWorld(world)
  },

  'the same event, delivered by all': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const id = await record(world, 'event', { text: 'one', company: 'Gatecom' })
    await race(world, (worker) => worker.deliver(id), [id])
    assert.deepEqual(texts(world), ['Cases one In Progress', 'Company Gatecom', 'Notes'])
  },

  'events of one subject: two states and a fact': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const letters: Letter[] = [
      { text: 'old', version: 1 },
      { text: 'new', version: 2 },
      { text: '', fact: 'closed' },
    ]
    const ids = await Promise.all(letters.map((letter, index) => record(world, `e${index}`, letter, 's')))
    await race(world, (worker, index) => worker.deliver(ids[index] ?? ''), ids)
    assert.deepEqual(texts(world), ['Cases new Closed', 'Notes'])
  },

  'events of three subjects that need the same new company': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const ids = await Promise.all(
      NAMES.map((name) => record(world, name, { text: name, company: 'Gatecom' })),
    )
    await race(world, (worker, index) => worker.deliver(ids[index] ?? ''), ids)
    const cases = NAMES.map((name) => `Cases ${name} In Progress`)
    assert.deepEqual(texts(world), [...cases, 'Company Gatecom', 'Notes', 'Notes', 'Notes'])
  },

  'probes of a gate that is closed': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const first = world.worker('the first').pipe.gate
    await scheduler.waitFor((async () => void (await Promise.all([1, 2, 3].map(() => first.failed()))))())
    world.advance(2_000)
    const [before, began] = [world.book.calls.length, world.now()]
    let admitted = 0
    const probe = async ({ pipe }: Worker) => {
      for (let time = 0; time < 3; time += 1) if ((await pipe.gate.admit('letters')).admitted) admitted += 1
    }
    await world.interleave(world.clock(4), ...NAMES.map((name) => probe(world.worker(name))))
    const moved = world.book.calls
      .slice(before)
      .filter(({ op, result, key }) => op === 'replace' && result !== undefined && key === 'gate')
    assert.equal(admitted, moved.length, 'of all who find a probe due one is let through')
    assert.ok(world.now() > began || admitted <= 1, 'one probe at a time')
    checkWorld(world)
  },

  'slots, taken and given back': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const leases = new Set<{ readonly until: number }>()
    const holder = async ({ pipe }: Worker) => {
      for (let time = 0; time < 3; time += 1) {
        const lease = { until: world.now() + SLOT_LEASE_MS }
        const slot = await pipe.slots.take(SLOT_LEASE_MS)
        if (slot === undefined) continue
        leases.add(lease)
        const held = [...leases].filter(({ until }) => until > world.now()).length
        assert.ok(held <= SLOTS, `${held} slots of ${SLOTS}`)
        await pipe.gate.state()
        leases.delete(lease)
        await slot.free()
      }
    }
    await world.interleave(world.clock(3), ...NAMES.map((name) => holder(world.worker(name))))
    checkWorld(world)
  },

  'two sweepers and a delivery': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const id = await record(world, 'event', { text: 'one' })
    world.advance(60_000)
    const sent: string[] = []
    const sweep = ({ pipe }: Worker) => {
      const send = async (eventId: string) => void sent.push(eventId)
      const queue = { send, sendRun: async () => undefined }
      return sweepUnfinished({ ...pipe, queue }, MINUTE)
    }
    const sweeps = ['Ada', 'Ben'].map((name) => world.mortal(name, sweep))
    await world.interleave(
      ...sweeps,
      world.mortal('Cleo', (worker) => worker.deliver(id)),
    )
    assert.ok(sent.length <= 1, 'a due event is sent once')
    await finish(world, [id])
    assert.deepEqual(texts(world), ['Cases one In Progress', 'Notes'])
  },

  'a redrive of a finished event beside late deliveries of it': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const id = await record(world, 'event', { text: 'one' })
    await scheduler.waitFor(world.worker('before').deliver(id))
    const redrive = async ({ pipe, deliver }: Worker) => {
      const event = await pipe.ledger.load(id)
      if (event?.record.state !== 'done') return
      await unlessOvertaken(() => pipe.ledger.redrive(event))
      await deliver(id)
    }
    const others = ['Ben', 'Cleo'].map((name) => world.mortal(name, (worker) => worker.deliver(id)))
    await world.interleave(world.clock(), world.mortal('Ada', redrive), ...others)
    await finish(world, [id])
    assert.deepEqual(texts(world), ['Cases one In Progress', 'Notes'])
  },

  'an edit beside deliveries': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const id = await record(world, 'event', { text: 'wrong' })
    const edit = async ({ pipe: { ledger } }: Worker) => {
      const event = await ledger.load(id)
      if (event !== undefined)
        await unlessOvertaken(() => ledger.edit(event, verified({ text: 'right' }), 'Ada'))
    }
    const others = ['Ben', 'Cleo'].map((name) => world.mortal(name, (worker) => worker.deliver(id)))
    await world.interleave(world.clock(), world.mortal('Ada', edit), ...others)
    await finish(world, [id])
    await redriveLater(world, id)
    const { payload } = (await ledgerOf(world).load(id))?.record ?? {}
    assert.deepEqual(texts(world), [`Cases ${payload === 0 ? 'wrong' : 'right'} In Progress`, 'Notes'])
  },

  'forgetting a person beside deliveries': async (scheduler, seed, planted) => {
    const world = new World(scheduler, seed, planted)
    const id = await record(world, 'event', { text: PERSON })
    const erase = async ({ pipe: { ledger } }: Worker) =>
      eraseTraces(ledger, await findTraces(ledger, PERSON))
    const others = ['Ben', 'Cleo'].map((name) => world.mortal(name, (worker) => worker.deliver(id)))
    await world.interleave(world.clock(), erase(world.worker('Ada')), ...others)
    await finish(world, [id])
    const kept = await world.store.get(`receipt#${id}`)
    assert.equal((kept?.value as { packed?: string } | undefined)?.packed, undefined, 'nothing is kept')
  },
}

/** Every worker does its part, may die, and the rest is delivered afterwards. */
async function race(
  world: World,
  part: (worker: Worker, index: number) => Promise<unknown>,
  ids: readonly string[],
): Promise<void> {
  const lives = NAMES.map((name, index) =>
    world.mortal(name, async (worker) => {
      for (let time = 0; time < 3; time += 1) await part(worker, index)
    }),
  )
  await world.interleave(world.clock(), ...lives)
  await finish(world, ids)
}

async function finish(world: World, ids: readonly string[]): Promise<void> {
  await world.settle(ids)
  checkWorld(world)
  const { received, waiting, parked } = await statesOf(world)
  assert.deepEqual({ received, waiting, parked }, { received: 0, waiting: 0, parked: 0 })
}

async function storeCalls(world: World): Promise<void> {
  const calls = async ({ store }: Worker) => {
    for (let time = 0; time < 4; time += 1) await anyCall(store, world.random)
  }
  await world.interleave(...NAMES.map((name) => world.mortal(name, calls)))
  assert.equal(unexplained(world.book.calls), undefined)
}

async function anyCall(store: Store, random: () => number): Promise<void> {
  const key = random() < 0.5 ? 'a' : 'b'
  const write = { value: Math.floor(random() * 1_000) }
  const item = await store.get(key)
  if (item === undefined || random() < 0.2) await store.putIfAbsent(key, write)
  else await store.replace(key, item.version, write)
}

/** As a delivery treats its subject, with nothing between. */
async function claimAndWrite({ store }: Worker): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    const claimed = await claimSubject(store, 's', 3_000)
    if (claimed.state === 'busy') continue
    const { claim } = claimed
    await unlessOvertaken(async () => {
      await claim.write({ case: { state: 'intent', marker: 'sf', sendBy: store.now() } })
      claim.note({ case: { state: 'bound', resource: 'Cases', id: '1', adopted: false } })
      await claim.giveBack(time === 0 ? undefined : { eventId: 'event', view: claim.view })
    })
  }
}

async function unlessOvertaken(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof FencedOffError)) throw error
  }
}

async function redriveLater(world: World, id: string): Promise<void> {
  const ledger = ledgerOf(world)
  const event = await ledger.load(id)
  if (event !== undefined) await ledger.redrive(event)
  await finish(world, [id])
}

/** Only after `settle`: from then on nobody waits for the scheduler. */
function ledgerOf(world: World): Ledger {
  return world.worker('people').pipe.ledger
}

/** A letter that has been recorded; nobody else is there yet. */
async function record(world: World, name: string, letter: Letter, subject = name): Promise<string> {
  const id = `letters:${name}`
  await world.record({ id, instance: 'letters', subject: `letters:${subject}`, verified: verified(letter) })
  return id
}

/** What the CRM contains, in words. */
function texts({ crm }: World): string[] {
  const words = crm.records.map(({ resource, fields }) => {
    const { case_description: text, case_status: status, comp_name: name } = fields
    return [resource, text, status, name].filter((word) => word !== undefined).join(' ')
  })
  return words.toSorted()
}

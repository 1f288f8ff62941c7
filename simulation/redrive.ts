import type { Pipe } from '../lib/delivery/pipe.ts'
import { planFor } from '../lib/plans/index.ts'
import { check, failures } from './checks.ts'
import { POISON } from './entities.ts'
import { stormOptions } from './storm.ts'
import { FORMS_ALONE, happenings } from './workload.ts'
import { World } from './world.ts'

const MIX = { ...FORMS_ALONE, eventsPerSecond: 5 }
const REDRIVEN_EACH_SECOND = 5

/** A mapping that the CRM refuses. */
const wrongPlan: Pipe['plan'] = (...given) => {
  const { steps } = planFor(...given)
  return {
    steps: steps.map((step) =>
      step.as === 'case' ? { ...step, create: { ...step.create, case_description: POISON.rejected } } : step,
    ),
  }
}

/** `npm run storm -- --redrive N`: N events parked for a wrong mapping, all redriven once it is mended, in the storm. */
export async function redrive(seed: string, count: number, print: (line: string) => void): Promise<boolean> {
  let plan = wrongPlan
  let isMended = false
  const world = new World({
    ...stormOptions(seed, { seed, events: count, skewMs: 2_000, uniqueIndex: false }),
    people: { edits: 0, deletions: 0, redrives: 0 },
    plan: () => plan,
    operator: () => isMended,
  })
  world.begin(happenings(seed, count, MIX))
  await world.settle()
  const parked = [...world.tracker.states].filter(([, state]) => state === 'parked').map(([id]) => id)
  plan = planFor
  isMended = true
  for (const [index, id] of parked.entries())
    world.clock.after((index * 1_000) / REDRIVEN_EACH_SECOND, () => world.functions.redrive(id))
  await world.settle()
  const findings = await check(world)
  const cases = world.crm.tables.all('Cases').length
  const figures: [string, number][] = [
    ['parked for the wrong mapping', parked.length],
    ['cases after the redrive', cases],
    ['duplicates', findings.duplicates.length],
    ['lost', findings.lost.length],
    ['unaccounted or otherwise wrong', findings.unaccounted.length + findings.wrong.length],
  ]
  for (const [name, figure] of figures) print(`${name.padEnd(56)} ${figure}`)
  for (const failure of failures(findings).slice(0, 10)) print(failure)
  return parked.length === count && cases === count && failures(findings).length === 0
}

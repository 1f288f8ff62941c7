import { parseArgs } from 'node:util'
import { failures } from './checks.ts'
import { runRound, stormEvents, stormOptions } from './storm.ts'

const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
})
const began = performance.now()
const options = stormOptions({ seed: values.seed, skewMs: 2000, plant: {}, uniqueIndex: false })
const { world, findings } = await runRound(options, stormEvents(values.seed, Number(values.events)))
const s = (performance.now() - began) / 1000
console.log(
  'cpu', process.cpuUsage().user / 1e6, 'time',
  s,
  'ev/s',
  Number(values.events) / s,
  'steps',
  world.clock.steps,
  'storecalls',
  world.store.calls,
)
console.log(
  findings.ends,
  'lost',
  findings.lost.length,
  'dup',
  findings.duplicates.length,
  'unacc',
  findings.unaccounted.length,
  'wrong',
  findings.wrong.length,
)
console.log(failures(findings).slice(0, 20))
const lat = world.tracker.latenciesMs.toSorted((a, b) => a - b)
console.log(
  'p50',
  lat[lat.length >> 1],
  'p99',
  lat[Math.floor(lat.length * 0.99)],
  'virtual h',
  (world.clock.now - Date.UTC(2026, 10, 24)) / 3600e3,
)
console.log(
  world.crm.requests,
  world.crm.highWater,
  'unlucky',
  world.unlucky.size,
  'overtaken',
  world.crm.overtakenEdits,
)
console.log(
  'kills',
  [...world.coverage.kills.values()].reduce((a, b) => a + b, 0),
  'pauses',
  [...world.coverage.pauses.values()].reduce((a, b) => a + b, 0),
  world.coverage.complaints(),
)
console.log(
  [...world.coverage.passed]
    .filter(([p]) => p.endsWith('before'))
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 16),
)

import { parseArgs } from 'node:util'
import { compare } from './compare.ts'
import { outage } from './outage.ts'
import { redrive } from './redrive.ts'
import { type StormChoice, storm } from './storm.ts'

const USAGE = `npm run storm -- [--events N] [--seed S] [--round N] [--only 3,17,…] [--clocks-differ-by MS] [--unique-index]
npm run storm -- --outage
npm run storm -- --redrive N
npm run storm -- --compare [--events N]`

const DEFAULT_EVENTS = '20000'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: DEFAULT_EVENTS },
    seed: { type: 'string', default: '1' },
    round: { type: 'string' },
    only: { type: 'string' },
    'clocks-differ-by': { type: 'string', default: '2000' },
    'unique-index': { type: 'boolean', default: false },
    outage: { type: 'boolean', default: false },
    redrive: { type: 'string' },
    compare: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function numberOf(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0)
    throw new Error(`--${name}: "${text}" is not a whole number`)
  return number
}

function choice(): StormChoice {
  const { round, only } = values
  return {
    seed: values.seed,
    events: numberOf('events', values.events),
    skewMs: numberOf('clocks-differ-by', values['clocks-differ-by']),
    uniqueIndex: values['unique-index'],
    ...(round !== undefined && { round: numberOf('round', round) }),
    ...(only !== undefined && { only: only.split(',').map((number) => numberOf('only', number)) }),
  }
}

/** True when all is as it must be. */
function run(print: (line: string) => void): Promise<boolean> {
  if (values.outage) return outage(values.seed, print)
  if (values.redrive !== undefined) return redrive(values.seed, numberOf('redrive', values.redrive), print)
  if (values.compare) return compare(values.seed, numberOf('events', values.events), print)
  return storm(choice(), print)
}

if (values.help) console.log(USAGE)
else process.exitCode = (await run(console.log)) ? 0 : 1

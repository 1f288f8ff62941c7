import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { PARTS, type Part } from './mutation-parts.ts'

/** `npm run mutation [-- part… --workers N]`: changes the code in every small way and counts which changes no test notices. */
const LEAST_PERCENT = 85
const USAGE = `npm run mutation -- [part…] [--workers N]\nparts: ${Object.keys(PARTS).join(', ')}`

type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number]
/** `noticed` includes those that ran out of time. */
type Score = { readonly noticed: number; readonly timedOut: number; readonly all: number }

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean' }, workers: { type: 'string', default: '2' } },
})

if (values.help) console.log(USAGE)
else process.exitCode = (await run(positionals.length > 0 ? positionals : Object.keys(PARTS))) ? 0 : 1

/** True when enough was noticed in all of the parts together. */
async function run(names: readonly string[]): Promise<boolean> {
  const mutants: Mutant[] = []
  for (const name of names) mutants.push(...(await runPart(name)))
  const files = Map.groupBy(mutants, ({ fileName }) => fileName.slice(fileName.indexOf('lib/')))
  for (const [file, some] of files) console.log(`${file.padEnd(44)} ${inWords(scoreOf(some))}`)
  const score = scoreOf(mutants)
  console.log(`${'all'.padEnd(44)} ${inWords(score)}`)
  return percentOf(score) >= LEAST_PERCENT
}

async function runPart(name: string): Promise<readonly Mutant[]> {
  const part = PARTS[name]
  if (part === undefined) throw new Error(`there is no part "${name}"\n${USAGE}`)
  const began = performance.now()
  const mutants = await new Stryker(optionsOf(name, part)).runMutationTest()
  const minutes = ((performance.now() - began) / 60_000).toFixed(1)
  console.log(`${name}: ${inWords(scoreOf(mutants))} in ${minutes} min`)
  await mkdir('reports/survivors', { recursive: true })
  await writeFile(`reports/survivors/${name}.txt`, mutants.filter(isUnnoticed).map(describe).join('\n'))
  return mutants
}

function optionsOf(name: string, { mutate, tests }: Part) {
  return {
    mutate: mutate.map((file) => `lib/${file}.ts`),
    testFiles: tests.map((file) => `test/${file}.test.ts`),
    incrementalFile: `reports/mutation/${name}.json`,
    concurrency: Number(values.workers),
  }
}

function isUnnoticed({ status }: Mutant): boolean {
  return status === 'Survived' || status === 'NoCoverage'
}

/** Mutants that do not run at all, and those of constants (see docs/mutation.md), do not count. */
function scoreOf(mutants: readonly Mutant[]): Score {
  const timedOut = mutants.filter(({ status }) => status === 'Timeout').length
  const noticed = timedOut + mutants.filter(({ status }) => status === 'Killed').length
  return { noticed, timedOut, all: noticed + mutants.filter(isUnnoticed).length }
}

function percentOf({ noticed, all }: Score): number {
  return all === 0 ? 100 : (100 * noticed) / all
}

function inWords(score: Score): string {
  const { noticed, timedOut, all } = score
  return `${percentOf(score).toFixed(1).padStart(5)} %, ${noticed} of ${all} (${timedOut} by time)`
}

function describe({ fileName, location, status, mutatorName, replacement = '' }: Mutant): string {
  const file = fileName.slice(fileName.indexOf('lib/'))
  const { line, column } = location.start
  return `${file}:${line}:${column} ${status} ${mutatorName} → ${replacement.replaceAll(/\s+/g, ' ')}`
}

import Table from 'cli-table3'
import { type Spread, spreadOf } from './statistics.ts'

/** One measured figure. A ratio compares two things of the same run, and only a ratio can fail. */
export type Figure = {
  readonly what: string
  readonly unit: 'ratio' | 'µs' | 'ms' | 's'
  readonly spread: Spread
  /** Without one it is there for people to read. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number }
}

export function figure(
  what: string,
  unit: Figure['unit'],
  measured: readonly number[],
  target?: Figure['target'],
): Figure {
  return { what, unit, spread: spreadOf(measured), ...(target !== undefined && { target }) }
}

/** The table, and the ratios that miss their targets. */
export function report(figures: readonly Figure[]): { table: string; failed: readonly string[] } {
  const table = new Table({
    head: ['figure', 'median', 'middle half', 'target', 'verdict'],
    style: { head: [], border: [] },
  })
  table.push(...figures.map(rowOf))
  const failed = figures.filter((one) => one.unit === 'ratio' && isMet(one) === false)
  return { table: table.toString(), failed: failed.map(({ what }) => what) }
}

function rowOf(one: Figure): string[] {
  const { what, unit, spread } = one
  const written = (value: number) => (unit === 'ratio' ? value.toFixed(2) : `${value.toFixed(1)} ${unit}`)
  const middle = `${written(spread.low)} – ${written(spread.high)}`
  return [what, written(spread.median), middle, targetText(one), verdictOf(one)]
}

function targetText({ target, unit }: Figure): string {
  if (target === undefined) return ''
  const [sign, value] = 'atMost' in target ? ['≤', target.atMost] : ['≥', target.atLeast]
  return `${sign} ${value}${unit === 'ratio' ? '' : ` ${unit}`}`
}

function verdictOf(one: Figure): string {
  const met = isMet(one)
  if (met === undefined) return ''
  if (met) return 'met'
  return one.unit === 'ratio' ? 'MISSED' : 'missed (here)'
}

function isMet({ target, spread }: Figure): boolean | undefined {
  if (target === undefined) return undefined
  return 'atMost' in target ? spread.median <= target.atMost : spread.median >= target.atLeast
}

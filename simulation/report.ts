import { POINTS } from './points.ts'
import type { Totals } from './totals.ts'

/** Look-ups that a failure makes necessary: by a marker, under an owner. Companies and persons are always looked for. */
const LOOK_UPS = ['find Cases', 'find Opportunity', 'find Notes', 'find Communication']

/** The storm's results, a line each. */
export function report(totals: Totals, seconds: number): string[] {
  const events = totals.count('events')
  const all = totals.requestsOf('')
  const marked = totals.requestsOf(
    'create Cases',
    'create Opportunity',
    'create Notes',
    'create Communication',
  )
  const kills = totals.coverage.hits('kills')
  const pauses = totals.coverage.hits('pauses')
  const figures: [string, string | number][] = [
    ['events', events],
    ['lost', totals.lost.length],
    ['duplicates', totals.duplicates.length],
    ['unaccounted', totals.unaccounted.length],
    [
      'otherwise wrong',
      totals.failures.length - totals.lost.length - totals.duplicates.length - totals.unaccounted.length,
    ],
    ['ends', [...totals.ends].map(([end, count]) => `${end} ${count}`).join(', ')],
    ['parked by the same 500 three times in a row, redriven', totals.count('unlucky')],
    ['persons committed without their address, and left behind', totals.count('withoutAddress')],
    ["people's edits overtaken by a write under way", totals.count('overtaken')],
    ['dead letters', totals.count('deadLetters')],
    ['CRM requests per event', ratio(all, events)],
    ['CRM requests per write', ratio(all, totals.count('writes'))],
    [
      'creates and their look-ups per record with a marker',
      ratio(marked + totals.requestsOf(...LOOK_UPS), totals.count('marked')),
    ],
    ['most requests at the same time', totals.highWater],
    ['latency in virtual time', percentiles(totals)],
    ['points where processes died', `${kills.points} of ${POINTS.length}, ${kills.times} times`],
    ['points where processes stood still', `${pauses.points} of ${POINTS.length}, ${pauses.times} times`],
    ['events per second', Math.round(events / seconds)],
  ]
  return figures.map(([name, value]) => `${name.padEnd(56)} ${value}`)
}

export function ratio(part: number, whole: number): string {
  return (part / Math.max(1, whole)).toFixed(2)
}

function percentiles(totals: Totals): string {
  const shares = [0.5, 0.9, 0.99, 1].map((share) => `p${share * 100} ${inWords(totals.percentile(share))}`)
  return shares.join(', ')
}

export function inWords(ms: number): string {
  const seconds = ms / 1_000
  if (seconds < 120) return `${seconds.toFixed(1)} s`
  return seconds < 7_200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3_600).toFixed(1)} h`
}

import type { Notice } from '../../values/notify.ts'
import { type Counts, HOURS_A_BAR } from './count.ts'

export type Told = Counts & {
  readonly installation: string
  readonly duplicates: number
  readonly outages: number
  readonly broken: number
  /** End of the 24 hours, in ms. */
  readonly until: number
}

const HOUR_MS = 60 * 60_000
const LONGEST_BAR_PX = 240

/** The digest as text and as HTML that says the same, with a chart of what came in. */
export function noticeOf(told: Told): Notice {
  const { installation, received, done, parked } = told
  const failed = parked.reduce((sum, { count }) => sum + count, 0)
  const subject = `${installation}: ${received} received, ${done} done, ${failed} parked`
  const lines = linesOf(told)
  const text = lines.map(([what, value]) => `${what}: ${value}`).join('\n')
  return { subject, text, html: htmlOf(lines, told) }
}

type Line = readonly [what: string, value: string]

function linesOf(told: Told): Line[] {
  const { received, done, ignored, waiting, parked, slowest, duplicates, outages, broken } = told
  const listed = parked.map(({ reason, count }) => `${count} ${reason}`).join(', ')
  const slow = slowest.map(({ id, ms }) => `${(ms / 1_000).toFixed(1)} s ${id}`).join(', ')
  return [
    ['received', String(received)],
    ['done', String(done)],
    ['sent again', String(duplicates)],
    ['ignored or stale', String(ignored)],
    ['still waiting', String(waiting)],
    ['parked', listed === '' ? 'none' : listed],
    ['slowest', slow === '' ? 'none' : slow],
    ['CRM outages', String(outages)],
    ['mappings that a change of the CRM breaks', String(broken)],
  ]
}

/** Tables and background colours alone: what every mail program shows, without an image or a style sheet. */
function htmlOf(lines: readonly Line[], told: Told): string {
  const rows = lines.map(
    ([what, value]) =>
      `<tr><td style="padding:2px 12px 2px 0">${escaped(what)}</td><td>${escaped(value)}</td></tr>`,
  )
  return [
    '<html><body style="font-family:sans-serif;font-size:14px">',
    `<p>${escaped(told.installation)}, the 24 hours until ${hourOf(told.until)}</p>`,
    `<table cellpadding="0" cellspacing="0">${rows.join('')}</table>`,
    '<p>Received</p>',
    chartOf(told),
    '</body></html>',
  ].join('\n')
}

function chartOf({ bars, until }: Told): string {
  const most = Math.max(1, ...bars)
  const from = until - bars.length * HOURS_A_BAR * HOUR_MS
  const rows = bars.map((count, index) => {
    const width = Math.round((count / most) * LONGEST_BAR_PX)
    const hour = hourOf(from + index * HOURS_A_BAR * HOUR_MS).slice(11, 16)
    const bar = width === 0 ? '' : `<td width="${width}" height="12" bgcolor="#2b6cb0"></td>`
    const table = `<table cellpadding="0" cellspacing="0"><tr>${bar}<td style="padding-left:6px">${count}</td></tr></table>`
    return `<tr><td style="padding-right:8px">${hour}</td><td>${table}</td></tr>`
  })
  return `<table cellpadding="0" cellspacing="2">${rows.join('')}</table>`
}

function hourOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}

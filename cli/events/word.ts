import { type Command, InvalidArgumentError } from 'commander'
import type { LedgerPlace } from '../open-ledger.ts'

/** Adds one word to `events`. */
export type Word = (events: Command, environment: NodeJS.ProcessEnv) => void

/** What every word can be told. */
export type Common = LedgerPlace & { readonly json: boolean }

/** A whole number of at least 1. */
export function countOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number of at least 1.')
}

const UNITS_IN_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** An instant in ms: a time (2026-11-24 or 2026-11-24T02:30Z; UTC unless it says otherwise), or how long ago: 30m, 2h, 7d. */
export function instantOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (count !== undefined) return Date.now() - Number(count) * (UNITS_IN_MS[unit] ?? 0)
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)
  const isZoned = !text.includes('T') || /(Z|[+-]\d\d:\d\d)$/.test(text)
  const instant = isTime ? Date.parse(isZoned ? text : `${text}Z`) : Number.NaN
  if (!Number.isNaN(instant)) return instant
  throw new InvalidArgumentError('It must be a time like 2026-11-24T02:30Z, or how long ago: 30m, 2h, 7d.')
}

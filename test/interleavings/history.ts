import type { Item, Write } from '../../lib/delivery/store/store.ts'

/** One call of a store as its caller saw it: when it was made, when it was answered, and what the answer was. */
export type Call = Asked & {
  readonly invoked: number
  /** Infinity: its caller died before the answer came; nobody knows whether it was carried out. */
  readonly answered: number
}

export type Asked =
  | { readonly op: 'get'; readonly key: string; readonly result?: Item | undefined }
  | {
      readonly op: 'putIfAbsent'
      readonly key: string
      readonly write: Write
      readonly result?: number | undefined
    }
  | {
      readonly op: 'replace'
      readonly key: string
      readonly version: number
      readonly write: Write
      readonly result?: number | undefined
    }

/** What a register of one key holds: its version and its value as text; version 0 is nothing. */
type Register = { readonly version: number; readonly value: string }

const EMPTY: Register = { version: 0, value: '' }

/**
 * Whether the answers can be explained by one register per key that did the calls one after another, each at some moment
 * between its invocation and its answer (linearizability, Herlihy and Wing 1990; the search is that of Wing and Gong 1993).
 * Supposes that no key expires meanwhile. Returns a key whose calls cannot be explained.
 */
export function unexplained(history: readonly Call[]): string | undefined {
  const answered = history.filter((call) => call.op !== 'get' || isAnswered(call))
  const byKey = Map.groupBy(answered, ({ key }) => key)
  for (const [key, calls] of byKey) if (!isExplained(calls)) return key
  return undefined
}

function isExplained(calls: readonly Call[]): boolean {
  const sorted = calls.toSorted((one, other) => one.invoked - other.invoked)
  const failed = new Set<string>()
  const search = (left: readonly Call[], register: Register): boolean => {
    if (!left.some(isAnswered)) return true
    if (failed.size > 0 && failed.has(nameOf(left, register))) return false
    const isPossible = candidates(left).some((call) => {
      const next = after(call, register)
      const others = () => left.filter((one) => one !== call)
      return next !== undefined && search(others(), next)
    })
    if (!isPossible) failed.add(nameOf(left, register))
    return isPossible
  }
  return search(sorted, EMPTY)
}

/** The calls that may be the next one: those that were made before any of the others was answered. */
function candidates(left: readonly Call[]): readonly Call[] {
  const firstAnswer = left.reduce(
    (first, { answered }) => Math.min(first, answered),
    Number.POSITIVE_INFINITY,
  )
  return left.filter(({ invoked }) => invoked <= firstAnswer)
}

function nameOf(left: readonly Call[], { version, value }: Register): string {
  return `${left.map(({ invoked }) => invoked).join()} ${version} ${value}`
}

function isAnswered({ answered }: Call): boolean {
  return Number.isFinite(answered)
}

/** The register after the call, if it could have answered so; else undefined. */
function after(call: Call, register: Register): Register | undefined {
  switch (call.op) {
    case 'get': {
      const seen = call.result === undefined ? EMPTY : registerOf(call.result.version, call.result)
      return seen.version === register.version && seen.value === register.value ? register : undefined
    }
    case 'putIfAbsent':
      return changed(call, register, register.version === 0)
    case 'replace':
      return changed(call, register, register.version !== 0 && register.version === call.version)
  }
}

function changed(call: Exclude<Call, { op: 'get' }>, register: Register, mayChange: boolean) {
  const next = registerOf(register.version + 1, call.write)
  if (!isAnswered(call)) return mayChange ? next : undefined
  if (!mayChange) return call.result === undefined ? register : undefined
  return call.result === next.version ? next : undefined
}

function registerOf(version: number, { value, wakeAt }: Write): Register {
  return { version, value: JSON.stringify([value, wakeAt]) }
}

/** The middle of some measurements, and the range the middle half of them lies in. */
export type Spread = { readonly median: number; readonly low: number; readonly high: number }

export function spreadOf(measured: readonly number[]): Spread {
  const sorted = measured.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}

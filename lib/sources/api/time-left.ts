import { VendorUnavailableError } from '../errors.ts'

/**
 * What several requests to a vendor may take together, counted from now. Each call says how many milliseconds are left.
 * @throws VendorUnavailableError when none are
 */
export function timeLeft(timeoutMs: number, monotonicMs = () => performance.now()): () => number {
  const end = monotonicMs() + timeoutMs
  return () => {
    const left = Math.ceil(end - monotonicMs())
    if (left <= 0) throw new VendorUnavailableError(`the vendor needs longer than ${timeoutMs} ms`)
    return left
  }
}

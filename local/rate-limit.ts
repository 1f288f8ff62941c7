const WINDOW_MS = 60_000
/** More addresses than this are forgotten all at once: a flood from everywhere must not fill the memory. */
const MAX_ADDRESSES = 50_000

/** Whether a request from this address may pass now. */
export type RateLimit = (address: string) => boolean

/**
 * At most `perMinute` requests a minute from one address, evenly refilled (a token bucket). Programs on this machine pass
 * always. On AWS a rate-based rule of the web application firewall does this.
 * @param now milliseconds that only go forward
 */
export function rateLimit(perMinute: number, now: () => number): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (address) => {
    if (isLoopback(address)) return true
    const at = now()
    const bucket = buckets.get(address) ?? { tokens: perMinute, at }
    const tokens = Math.min(perMinute, bucket.tokens + ((at - bucket.at) * perMinute) / WINDOW_MS)
    if (buckets.size >= MAX_ADDRESSES) buckets.clear()
    buckets.set(address, { tokens: Math.max(0, tokens - 1), at })
    return tokens >= 1
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

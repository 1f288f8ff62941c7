/** The result of `work`, or the error of `late()` when it takes longer than `limitMs`. The work itself goes on. */
export async function before<T>(limitMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  const expired = Promise.withResolvers<never>()
  const timer = setTimeout(() => expired.reject(late()), limitMs)
  try {
    return await Promise.race([work, expired.promise])
  } finally {
    clearTimeout(timer)
  }
}

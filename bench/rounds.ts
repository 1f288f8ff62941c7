/** Does one round of something and says how long it took, in milliseconds. */
export type Round = () => Promise<number>

/**
 * How long `one` takes for every millisecond of `other`: they take turns, so that whatever else the machine does meets
 * both, and the first of each turn changes. The first turns only warm up.
 */
export async function ratios(one: Round, other: Round, { rounds = 15, warmUps = 3 } = {}): Promise<number[]> {
  const found: number[] = []
  for (let turn = 0; turn < rounds + warmUps; turn += 1) {
    const swapped = turn % 2 === 1
    const first = await (swapped ? other : one)()
    const second = await (swapped ? one : other)()
    if (turn >= warmUps) found.push(swapped ? second / first : first / second)
  }
  return found
}

/** A round of `count` calls, so many of them at once. */
export function roundOf(
  count: number,
  concurrency: number,
  call: (index: number) => Promise<unknown>,
): Round {
  return async () => {
    const indexes = Array.from({ length: count }, (_, index) => index).values()
    const startedAt = performance.now()
    const worker = async () => {
      for (const index of indexes) await call(index)
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
    return performance.now() - startedAt
  }
}

/** Microseconds one call takes, measured several times over many calls. */
export function microseconds(
  call: () => unknown,
  { calls = 20_000, rounds = 15, warmUps = 3 } = {},
): number[] {
  const found: number[] = []
  for (let round = 0; round < rounds + warmUps; round += 1) {
    const startedAt = performance.now()
    for (let index = 0; index < calls; index += 1) call()
    if (round >= warmUps) found.push(((performance.now() - startedAt) * 1000) / calls)
  }
  return found
}

const MOST_TRIES = 300

/**
 * The smallest part of a list that still fails (delta debugging: halves, quarters, …, each left out in turn). `fails` must
 * give the same answer for the same list.
 */
export async function shrink<T>(
  list: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let smallest = list
  let parts = 2
  let tries = 0
  while (smallest.length > 1 && tries < MOST_TRIES) {
    const length = Math.ceil(smallest.length / parts)
    let isSmaller = false
    for (let start = 0; start < smallest.length && tries < MOST_TRIES; start += length) {
      const rest = [...smallest.slice(0, start), ...smallest.slice(start + length)]
      tries += 1
      if (rest.length === 0 || !(await fails(rest))) continue
      smallest = rest
      isSmaller = true
      break
    }
    if (isSmaller) parts = Math.max(2, parts - 1)
    else if (length === 1) break
    else parts = Math.min(smallest.length, parts * 2)
  }
  return smallest
}

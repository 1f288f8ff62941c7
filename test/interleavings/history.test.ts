import { describe, expect, it } from 'vitest'
import { type Call, unexplained } from './history.ts'

const write = (value: string) => ({ value })
const put = (invoked: number, answered: number, value: string, result?: number): Call => ({
  op: 'putIfAbsent',
  key: 'k',
  write: write(value),
  invoked,
  answered,
  ...(result !== undefined && { result }),
})
const get = (invoked: number, answered: number, value?: string, version = 1): Call => ({
  op: 'get',
  key: 'k',
  invoked,
  answered,
  ...(value !== undefined && { result: { key: 'k', version, value } }),
})
const replace = (at: readonly [number, number], version: number, value: string, result?: number): Call => ({
  op: 'replace',
  key: 'k',
  version,
  write: write(value),
  invoked: at[0],
  answered: at[1],
  ...(result !== undefined && { result }),
})

describe('a history of a register', () => {
  it.each<[string, Call[]]>([
    ['a read beside a write may see either', [put(1, 4, 'a', 1), get(2, 3)]],
    ['a read beside a write may see either', [put(1, 4, 'a', 1), get(2, 3, 'a')]],
    ['of two that put at the same time one succeeds', [put(1, 4, 'a'), put(2, 3, 'b', 1), get(5, 6, 'b')]],
    [
      'a write whose caller died may have been carried out',
      [put(1, Number.POSITIVE_INFINITY, 'a'), get(2, 3, 'a')],
    ],
    ['or not', [put(1, Number.POSITIVE_INFINITY, 'a'), get(2, 3)]],
    ['a version that is no longer there is refused', [put(1, 2, 'a', 1), replace([3, 4], 2, 'b')]],
  ])('is explained: %s', (_fact, calls) => {
    expect(unexplained(calls)).toBeUndefined()
  })

  it.each<[string, Call[]]>([
    ['a read after a write does not see it', [put(1, 2, 'a', 1), get(3, 4)]],
    ['two that put succeed', [put(1, 4, 'a', 1), put(2, 3, 'b', 1)]],
    ['a value comes back', [put(1, 2, 'a', 1), replace([3, 4], 1, 'b', 2), get(5, 6, 'a')]],
    [
      'two replace the same version',
      [put(1, 2, 'a', 1), replace([3, 6], 1, 'b', 2), replace([4, 5], 1, 'c', 2)],
    ],
    ['a write is refused although nobody else wrote', [put(1, 2, 'a', 1), replace([3, 4], 1, 'b')]],
    [
      'a dead caller’s write is seen and then gone',
      [put(1, Number.POSITIVE_INFINITY, 'a'), get(2, 3, 'a'), get(4, 5)],
    ],
  ])('is not: %s', (_fact, calls) => {
    expect(unexplained(calls)).toBe('k')
  })
})

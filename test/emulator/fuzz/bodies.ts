import fc from 'fast-check'
import type { Column, ColumnType } from '../../../emulator/entities/entity.ts'
import { FAMILIES } from '../../../emulator/entities/families.ts'
import { entityNamed } from '../../../emulator/entities/index.ts'

type Values = fc.Arbitrary<unknown>

const texts: Values = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('x', '', ' ', "O'Brien", '\0', '٣'),
)
const AMOUNTS = [1, 0, -1, 19.99, 0.1, 1e-7, 1e15, 2 ** 53, 1e17, 1e18, '12.50', 5e-324]
const INSTANTS = [
  '2024-02-29',
  '2024-03-31T02:30:00',
  '2024-06-01T12:00:00+02:00',
  '0001-01-01',
  '9999-12-31T23:59:59Z',
]
const CODES = Object.fromEntries(
  Object.entries(FAMILIES).map(([family, codes]) => [family, codes.map((code) => [code].flat()[0])]),
)

const VALUES: Readonly<Record<ColumnType, (column: Column) => Values>> = {
  string: () => texts,
  text: () => texts,
  choice: ({ family = '' }) => fc.constantFrom<unknown>(...(CODES[family] ?? ['x'])),
  multichoice: ({ family = '' }) => fc.subarray([...(CODES[family] ?? ['x'])]),
  boolean: () => fc.constantFrom<unknown>(true, false, 'Y', ''),
  datetime: () => fc.constantFrom<unknown>(...INSTANTS),
  integer: ({ refersTo }) => {
    const first = refersTo === undefined ? 5 : (entityNamed(refersTo).firstId ?? 1)
    return fc.constantFrom<unknown>(
      first,
      first,
      first + 1,
      refersTo === undefined ? 2 ** 31 - 1 : first,
      String(first),
    )
  },
  decimal: () => fc.constantFrom<unknown>(...AMOUNTS),
}

/** The body of a write that mostly fits its entity: what is mandatory, and some more. */
export function fitting(entity: string): fc.Arbitrary<string> {
  const writable = entityNamed(entity).columns.filter(({ readOnly }) => readOnly !== true)
  const [needed, free] = [
    writable.filter(({ mandatory }) => mandatory),
    writable.filter(({ mandatory }) => !mandatory),
  ]
  return fc
    .subarray(free, { maxLength: Math.min(8, free.length) })
    .chain((more) => fc.tuple(...[...needed, ...more].map(pairFor)))
    .map(jsonObject)
}

function pairFor(column: Column): fc.Arbitrary<readonly [string, unknown]> {
  const good = VALUES[column.type](column)
  const values = fc.oneof(
    { weight: 40, arbitrary: good },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  )
  return values.map((value) => [column.name, value] as const)
}

/** Written by hand, for an object keeps neither `__proto__` nor a key that is there twice. */
export function jsonObject(pairs: readonly (readonly [string, unknown])[]): string {
  return `{${pairs.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`).join(',')}}`
}

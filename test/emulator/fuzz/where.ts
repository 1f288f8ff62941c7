import fc from 'fast-check'
import { entities } from '../../../emulator/entities/index.ts'

export const anyColumn = fc.constantFrom(
  ...entities.flatMap(({ columns }) => columns.map(({ name }) => name)),
)

/** Text that is hard on parsers: any characters, and those that mean something somewhere. */
export const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.constantFrom(...'\'"()%_,;=&?#/\\@-+. \0\r\n[]{}<>ſKéß🚲'), { maxLength: 12 }).map(joined('')),
)

const literal = fc.oneof(
  fc.constantFrom("''", "'x'", "'O''Brien'", '"x"', '1', '-1', '1.5', '9'.repeat(40), '1=2', 'null', 'true'),
  fc.constantFrom(
    '@2024-02-30@',
    '@2024-03-31T02:30:00@',
    "'2024-01-01'",
    "'2024-13-01T99:99:99Z'",
    '@',
    '1e5',
  ),
  hostile.map((text) => `'${text.replaceAll("'", "''")}'`),
)
const comparison = fc.tuple(
  fc.oneof({ weight: 4, arbitrary: anyColumn }, { weight: 1, arbitrary: literal }),
  fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le', 'like', 'in', 'between', '=', 'is', ''),
  fc.oneof(
    literal,
    fc.array(literal, { maxLength: 5 }).map(joined(',')).map(inParentheses),
    fc.constant('1 and 2'),
  ),
)
const words = fc.constantFrom('and', 'or', 'not', '(', ')', ',', 'eq', "'", '"', '@', 'between', 'in', 'like')
/** Conditions, and texts that begin like conditions. */
export const whereText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: comparison.map(joined(' ')) },
  {
    weight: 3,
    arbitrary: fc.array(fc.oneof(comparison.map(joined(' ')), words), { maxLength: 8 }).map(joined(' ')),
  },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: fc.nat(700).map((depth) => `${'('.repeat(depth)}1=1${')'.repeat(depth)}`) },
  {
    weight: 1,
    arbitrary: fc.nat(600).map((count) =>
      Array(count + 1)
        .fill("comp_name eq 'x'")
        .join(' or '),
    ),
  },
)

export function joined(separator: string): (parts: readonly string[]) => string {
  return (parts) => parts.join(separator)
}

export function inParentheses(text: string): string {
  return `(${text})`
}

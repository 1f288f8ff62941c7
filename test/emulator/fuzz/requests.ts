import fc from 'fast-check'
import { entities } from '../../../emulator/entities/index.ts'
import { ADMIN, basic } from '../crm.ts'

/** One request as it goes over the wire: `target` is what stands in the request line. */
export type WireRequest = {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const BASE = '/sdata/crmj/sagecrm2/-/'
const resource = fc.constantFrom(...entities.map(({ name }) => name))
const columns = new Map(entities.map(({ name, columns: all }) => [name, all.map((column) => column.name)]))
const anyColumn = fc.constantFrom(...[...columns.values()].flat())
/** Text that is hard on parsers: any characters, and those that mean something somewhere. */
const hostile = fc.oneof(
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
const whereText: fc.Arbitrary<string> = fc.oneof(
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

const number = fc.constantFrom(
  '0',
  '1',
  '-1',
  '2',
  '1000',
  '999999999',
  '1e9',
  '٣',
  'x',
  '',
  '1.5',
  '99999999999',
)
const names = fc.oneof(anyColumn, fc.array(anyColumn, { maxLength: 4 }).map(joined(',')), hostile)
const parameter = fc.oneof(
  fc.tuple(fc.constantFrom('where', 'WHERE'), whereText),
  fc.tuple(fc.constantFrom('count', 'startIndex', 'startindex'), number),
  fc.tuple(fc.constant('select'), names),
  fc.tuple(
    fc.constant('orderBy'),
    fc.tuple(names, fc.constantFrom('', ' asc', ' desc', ' DESC x')).map(joined('')),
  ),
  fc.tuple(fc.constant('include'), fc.oneof(resource, hostile)),
  fc.tuple(
    fc.constantFrom('returnPartial', 'SID', 'query', 'entity', 'format'),
    fc.oneof(fc.constant('false'), resource, hostile),
  ),
  fc.tuple(hostile, hostile),
)
const query = fc
  .array(fc.tuple(parameter, fc.boolean()), { maxLength: 4 })
  .map((pairs) =>
    pairs
      .map(([[name, value], isRaw]) => (isRaw ? `${name}=${value}` : `${escaped(name)}=${escaped(value)}`))
      .join('&'),
  )

const key = fc.constantFrom(
  '43',
  '1',
  '0',
  '-1',
  '44',
  '158',
  '801',
  '4001',
  '6001',
  '999999999999999',
  '9'.repeat(30),
  '',
)
const selector = fc.oneof(
  { weight: 4, arbitrary: key.map((id) => `('${id}')`) },
  { weight: 1, arbitrary: whereText.map(inParentheses) },
  { weight: 1, arbitrary: hostile.map(inParentheses) },
  { weight: 3, arbitrary: fc.constant('') },
)
const letterCase = fc.constantFrom<(text: string) => string>(
  String,
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
)
const entityPath = fc
  .tuple(resource, letterCase, selector)
  .map(([name, change, rest]) => `${BASE}${change(name)}${rest}`)
const path = fc.oneof(
  { weight: 12, arbitrary: entityPath },
  {
    weight: 1,
    arbitrary: fc.tuple(resource, hostile).map(([name, rest]) => `${BASE}$prototypes/${name}${rest}`),
  },
  {
    weight: 1,
    arbitrary: hostile.map((rest) => `/sdata/crmj/sagecrm2/$service/quickFind/getResults${rest}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/sdata/crmj/sagecrm2/$service/quickFind/getResults', `${BASE}$prototypes`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(resource, selector).map(([name, rest]) => `/sdata/crmj/sagecrm/-/${name}${rest}`),
  },
  { weight: 1, arbitrary: hostile.map((rest) => `${BASE}${rest}`) },
  { weight: 1, arbitrary: hostile.map((rest) => `/${rest}`) },
)

/** Fields as they might be, and JSON that has nothing to do with them. */
const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(1, 43, 158, 801, 4001, 'x', 'i', 'f', 'c', true, 'Y', null, ''),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(1e308, 1e17, -1e18, 5e-324, 2 ** 53, -0, 0.1, '1e400', '007', ' 7 '),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      '2024-02-30',
      '2024-03-31T02:30:00',
      '9999-12-31T23:59:59Z',
      '+275760-09-13',
    ),
  },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(255, 256, 70_000).map((length) => 'x'.repeat(length)) },
)
const field = fc.oneof(
  { weight: 8, arbitrary: anyColumn },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      '$key',
      '$type',
      '$isDefault',
      'where',
      'person',
      'quoteitems',
      'toString',
    ),
  },
)
const fields = fc.array(fc.tuple(field, value), { maxLength: 6 })
/** Fields of one entity, so that some writes are accepted. */
const fitting = resource.chain((name) =>
  fc.array(fc.tuple(fc.constantFrom(...(columns.get(name) ?? [])), value), { maxLength: 6 }),
)
const object = fc.oneof(fields, fitting).map(jsonObject)
const nested = fc
  .tuple(
    object,
    fc.constantFrom('person', 'Address', 'EMAIL', 'phone', 'QuoteItems'),
    fc.array(object, { maxLength: 3 }),
  )
  .map(
    ([outer, name, inner]) =>
      `{"comp_name":"x","pers_lastname":"y",${[outer.slice(1, -1), `"${name}":[${inner.join(',')}]`].filter(Boolean).join(',')}}`,
  )
const body = fc.oneof(
  { weight: 5, arbitrary: object },
  { weight: 3, arbitrary: nested },
  { weight: 1, arbitrary: fc.tuple(object, fc.nat(200)).map(([text, length]) => text.slice(0, length)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: fc.nat(20_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)) },
  { weight: 1, arbitrary: fc.nat(3000).map((depth) => `${'{"person":'.repeat(depth)}1${'}'.repeat(depth)}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{"comp_name":1e999}',
      '{"comp_name":"\\ud800"}',
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1}}',
      '',
    ),
  },
)

const credentials = fc.oneof(
  { weight: 15, arbitrary: fc.constant(ADMIN) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'Basic', 'Basic =', 'Bearer x', basic('', ''), basic('admin', 'guess')),
  },
  { weight: 1, arbitrary: hostile.map(printable) },
)
const header = fc.tuple(
  fc.constantFrom(
    'content-type',
    'if-match',
    'accept',
    'expect',
    'x-http-method-override',
    'cookie',
    'range',
    'te',
  ),
  fc.oneof(
    fc.constantFrom('*', '"x"', '100-continue', 'DELETE', 'text/xml', 'application/json'),
    hostile.map(printable),
  ),
)
const headers = fc
  .tuple(credentials, fc.array(header, { maxLength: 2 }))
  .map(([authorization, more]) => ({ ...Object.fromEntries(more), authorization }))

const method = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'QUERY'),
  },
)

/** Requests of every kind to a CRM at its usual address: near the grammar mostly, so that they get far. */
export const wireRequest: fc.Arbitrary<WireRequest> = fc
  .record({ method, path, query, headers, body: fc.option(body, { nil: undefined }) })
  .map(({ path: where, query: asked, body: sent, ...rest }) => ({
    ...rest,
    target: sendable(asked === '' ? where : `${where}?${asked}`),
    ...(sent !== undefined && !['GET', 'HEAD', 'TRACE'].includes(rest.method) && { body: sent }),
  }))

/** What Node's client agrees to put into a request line: no blanks, no control characters, at most a few kilobytes. */
function sendable(target: string): string {
  const encoded = target.replace(/[^\x21-\x7e]/gu, (letter) => (letter === '\ud800' ? '' : escaped(letter)))
  return encoded.slice(0, 12_000)
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '')
}

function joined(separator: string): (parts: readonly string[]) => string {
  return (parts) => parts.join(separator)
}

function inParentheses(text: string): string {
  return `(${text})`
}

/** Written by hand, for an object keeps neither `__proto__` nor a key that is there twice. */
function jsonObject(pairs: readonly (readonly [string, unknown])[]): string {
  return `{${pairs.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`).join(',')}}`
}

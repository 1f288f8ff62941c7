import fc from 'fast-check'
import { entities, entityNamed } from '../../../emulator/entities/index.ts'
import { ADMIN, basic } from '../crm.ts'
import { fitting, jsonObject } from './bodies.ts'
import { anyColumn, hostile, inParentheses, joined, whereText } from './where.ts'

/** One request as it goes over the wire: `target` is what stands in the request line. */
export type WireRequest = {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const BASE = '/sdata/crmj/sagecrm2/-/'
const resource = fc.constantFrom(...entities.map(({ name }) => name))
const writable = entities.filter(({ view, readOnly }) => view === undefined && readOnly !== true)
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
const object = fc.oneof(fields.map(jsonObject), resource.chain(fitting))
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
const anything = fc.record({ method, path, query, headers, body: fc.option(body, { nil: undefined }) })

/** A write or a read that makes sense, or would but for a detail. */
const aimed = fc.constantFrom(...writable.map(({ name }) => name)).chain((name) => {
  const more = { query: fc.oneof(fc.constant(''), fc.constant('returnPartial=false'), query), headers }
  const { firstId = 1 } = entityNamed(name)
  const record = fc.nat(3).map((offset) => `${BASE}${name}('${firstId + offset}')`)
  const feed = fc.constant(BASE + name)
  return fc.oneof(
    fc.record({ method: fc.constant('POST'), path: feed, body: fitting(name), ...more }),
    fc.record({ method: fc.constantFrom('PUT', 'PATCH'), path: record, body: fitting(name), ...more }),
    fc.record({
      method: fc.constantFrom('GET', 'GET', 'GET', 'DELETE'),
      path: record,
      body: fc.constant(undefined),
      ...more,
    }),
    fc.record({ method: fc.constant('GET'), path: feed, body: fc.constant(undefined), ...more }),
  )
})

/** Requests of every kind to a CRM at its usual address: near the grammar mostly, so that they get far. */
export const wireRequest: fc.Arbitrary<WireRequest> = fc
  .oneof(anything, aimed)
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

import { type Entity, findField } from './prototypes/field.ts'
import { isNumeric } from './where.ts'

declare global {
  interface JSON {
    /** ECMAScript's JSON.parse source text access: stands in what is stringified as it is written. */
    rawJSON(text: string): object
  }
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Fields with what is a number to the CRM as a number of JSON, digit by digit: 12345678901234.123456 is no double. Amounts are
 * seen to be sent as numbers (public integration tests against real installations: `"Oppo_Forecast": 25000`); text would have to
 * be parsed there, by the rules of whatever language the server is set to, where 12.5 may be 125.
 */
export function withNumbers(entity: Entity, fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, asNumber(entity, name, value)]),
  )
}

function asNumber(entity: Entity, name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) return value
  const field = findField(entity, name)
  if (field === undefined || !isNumeric(field)) return value
  // JSON knows no number that begins with further zeros.
  return JSON.rawJSON(value.replace(/^(-?)0+(?=\d)/, '$1'))
}

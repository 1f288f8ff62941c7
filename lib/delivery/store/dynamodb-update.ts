import type { Attribute, Attributes } from './dynamodb-api.ts'

/** A condition on an item; `names` are the attributes that stand in it as `#name`. */
export type Condition = { readonly text: string; readonly names: readonly string[] }

/**
 * The parts of an UpdateItem that sets or removes `attributes` and counts `version` up, from 1 for a new item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export function updateExpression(
  attributes: Readonly<Record<string, Attribute | undefined>>,
  condition: Condition,
  values: Attributes,
) {
  const entries = Object.entries(attributes)
  const set = entries.filter((entry): entry is [string, Attribute] => entry[1] !== undefined)
  const removed = entries.filter(([, value]) => value === undefined).map(([name]) => `#${name}`)
  const assignments = [
    '#version = if_not_exists(#version, :zero) + :one',
    ...set.map(([name]) => `#${name} = :${name}`),
  ]
  const names = new Set(['version', ...entries.map(([name]) => name), ...condition.names])
  return {
    UpdateExpression: `SET ${assignments.join(', ')}${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
    ConditionExpression: condition.text,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ':zero': { N: '0' },
      ':one': { N: '1' },
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      ...values,
    },
  }
}

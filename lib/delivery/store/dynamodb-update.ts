import type { Attribute, Attributes } from './dynamodb-api.ts'
import type { Condition } from './dynamodb-condition.ts'

/**
 * The parts of an UpdateItem that sets or removes `attributes`, and counts `version` up, from 1 for a new item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export function updateExpression(
  attributes: Readonly<Record<string, Attribute | undefined>>,
  version: 'count' | 'keep',
  condition: Condition,
  values: Attributes,
) {
  const entries = Object.entries(attributes)
  const set = entries.filter((entry): entry is [string, Attribute] => entry[1] !== undefined)
  const removed = entries.filter(([, value]) => value === undefined).map(([name]) => `#${name}`)
  const counted = version === 'count' ? ['#version = if_not_exists(#version, :zero) + :one'] : []
  const assignments = [...counted, ...set.map(([name]) => `#${name} = :${name}`)]
  const names = new Set([
    ...(version === 'count' ? ['version'] : []),
    ...entries.map(([name]) => name),
    ...condition.names,
  ])
  return {
    UpdateExpression: [clause('SET', assignments), clause('REMOVE', removed)].join(' ').trim(),
    ConditionExpression: condition.text,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...(version === 'count' && { ':zero': { N: '0' }, ':one': { N: '1' } }),
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      ...values,
    },
  }
}

function clause(word: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${word} ${parts.join(', ')}`
}

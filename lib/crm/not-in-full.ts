import type { Fields, FieldValue, Step } from './plan.ts'
import { codeMeant } from './prototypes/choices.ts'
import { type Entity, type Field, findField } from './prototypes/field.ts'

/**
 * Tells, a line each, which values of the plan do not fit: text that is longer than its column, and captions that its
 * selection list does not have. The same for the same plan and prototypes; worked out once, when it is first asked for.
 */
export function notInFull(
  steps: readonly Step[],
  entities: (name: string) => Promise<Entity>,
): () => Promise<readonly string[]> {
  let told: Promise<readonly string[]> | undefined
  return () => {
    told ??= tell(steps, entities)
    return told
  }
}

async function tell(steps: readonly Step[], entities: (name: string) => Promise<Entity>): Promise<string[]> {
  const lines = new Set<string>()
  for (const { resource, create, children = {} } of steps) {
    const own = Object.entries(children).flatMap(([key, list]) =>
      list.map(({ fields }) => [key, fields] as const),
    )
    for (const [name, fields] of [[resource, create] as const, ...own])
      for (const line of linesOf(fields, await entities(name))) lines.add(line)
  }
  return [...lines]
}

function linesOf(fields: Fields, entity: Entity): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const field = findField(entity, name)
    const text = field && lost(value, field)
    return text === undefined ? [] : [`${entity.name}, ${field?.caption || name}: ${text}`]
  })
}

function lost(value: FieldValue, field: Field): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('fit' in value)
    return value.fit.length > (field.maxLength ?? Number.POSITIVE_INFINITY) ? value.fit : undefined
  const isUnknown = 'caption' in value && value.orOmit && codeMeant(field, value.caption) === undefined
  return isUnknown && (field.choices?.length ?? 0) > 0 ? value.caption : undefined
}

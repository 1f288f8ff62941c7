import type { ColumnValue, FieldRule } from '../config/field-rules.ts'
import type { Fields, FieldValue } from '../crm/plan.ts'

/** The columns of a mapping, filled from an event. Text is shortened to its column. */
export function ruledFields(columns: Readonly<Record<string, ColumnValue>>, event: unknown): Fields {
  const pairs = Object.entries(columns).flatMap(([name, value]): [string, FieldValue][] => {
    const field = typeof value === 'object' ? apply(value, event) : value
    return field === undefined ? [] : [[name, field]]
  })
  return Object.fromEntries(pairs)
}

function apply(rule: FieldRule, event: unknown): FieldValue | undefined {
  if ('caption' in rule) return { caption: rule.caption }
  if ('template' in rule) return { fit: filled(rule.template, event) }
  const { path, table, otherwise, choice } = rule
  const found = textAt(event, path)
  const value = found === undefined ? otherwise : table === undefined ? found : (table[found] ?? otherwise)
  if (typeof value !== 'string') return value
  return choice ? { caption: value } : { fit: value }
}

function filled(template: string, event: unknown): string {
  return template.replace(/\{([^{}]+)\}/g, (_, path: string) => textAt(event, path.trim()) ?? '').trim()
}

/** `buyer.email`; of a list of names and values, `attributes.Gift wrap`. undefined where there is no text, number or yes. */
export function textAt(event: unknown, path: string): string | undefined {
  const [name = '', ...rest] = path.split('.')
  if (Array.isArray(event)) return textAt(named(event, path), '')
  if (path === '') return plainText(event)
  if (typeof event !== 'object' || event === null || !Object.hasOwn(event, name)) return undefined
  return textAt((event as Readonly<Record<string, unknown>>)[name], rest.join('.'))
}

/** The value of the first entry with this name. */
function named(list: readonly unknown[], name: string): unknown {
  const entries = list as readonly { readonly name?: unknown; readonly value?: unknown }[]
  return entries.find((one) => one?.name === name)?.value
}

function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

import { automationOf, type ConfiguredAutomation } from '../automations/index.ts'
import { AUTOMATIONS } from '../config/automations.ts'
import type { IntegrationConfig } from '../config/config.ts'
import { fieldsIn } from '../crm/where.ts'
import type { ConfiguredField } from './configured-fields.ts'

/** Every field that the configured automations look at: without one of them a run stops. */
export function automationFields(config: Pick<IntegrationConfig, 'automations'>): ConfiguredField[] {
  return Object.keys(AUTOMATIONS).flatMap((name) => {
    const automation = automationOf(name, config)
    return automation === undefined ? [] : fieldsOf(automation)
  })
}

function fieldsOf({ name, resource, fields, related, query }: ConfiguredAutomation): ConfiguredField[] {
  const path = `automations.${name}`
  const used = (entity: string, names: readonly string[], use: ConfiguredField['use']) =>
    names.map((field): ConfiguredField => ({ path, entity, field, use }))
  return [
    ...used(resource, query === undefined ? [] : fieldsIn(query), 'searched'),
    ...used(resource, fields, 'read'),
    ...(related === undefined ? [] : used(related.resource, [related.field], 'searched')),
    ...(related === undefined ? [] : used(related.resource, related.fields, 'read')),
  ]
}

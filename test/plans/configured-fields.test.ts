import { describe, expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { findField } from '../../lib/crm/prototypes/field.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { configuredFields } from '../../lib/plans/configured-fields.ts'

const config = defineConfig({
  installation: 'test',
  publicUrl: 'http://localhost',
  sources: {
    contact: { source: 'web-form' },
    shop: {
      source: 'shopify',
      order: { tax: 'header', shipping: 'header', discounts: 'header', totals: 'written' },
    },
  },
  defaults: { assignedUserId: 2, teamId: 1, territoryId: -1 },
  order: {
    stages: { open: 'Quoted', paid: 'SaleClosed' },
    source: 'Web',
    opportunityFields: { oppo_scenario: { caption: 'Best case' }, oppo_note: { path: 'note' } },
  },
})
const fields = configuredFields(
  config,
  new Map([
    ['contact', 'form'],
    ['shop', 'order'],
  ]),
)

describe('the configured fields', () => {
  it('are fields of the entities of a stock install', async () => {
    for (const { entity, field } of fields)
      expect([entity, field, findField(await loadEntity(entity), field)?.name.toLowerCase()]).toEqual([
        entity,
        field,
        field.toLowerCase(),
      ])
  })

  it('of a shop are those of opportunity, quote, lines, products, currency, note and task', () => {
    const entities = new Set(fields.filter(({ path }) => path === 'sources.shop').map(({ entity }) => entity))
    expect([...entities].toSorted()).toEqual(
      ['Address', 'Comm_Link', 'Communication', 'Company', 'Currency', 'Email', 'NewProduct', 'Notes'].concat(
        ['Opportunity', 'Person', 'Phone', 'Pricing', 'QuoteItems', 'Quotes', 'vPerson'],
      ),
    )
  })

  it('have the codes of every state of an order, and captions that stand for codes', () => {
    const codes = fields.flatMap(({ field, value }) => (value === undefined ? [] : [[field, value]]))
    expect(codes).toEqual(
      expect.arrayContaining([
        ['oppo_stage', 'SaleClosed'],
        ['oppo_scenario', 'Best case'],
        ['oppo_source', 'Web'],
      ]),
    )
  })

  it('of a form are not those of an order', () => {
    expect(fields.some(({ path, entity }) => path === 'sources.contact' && entity === 'Quotes')).toBe(false)
  })
})

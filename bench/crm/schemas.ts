import type { Entity, Field } from '../../lib/crm/prototypes/field.ts'
import { schemasOf } from '../../lib/crm/prototypes/schema.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { buildWhere, type Expression } from '../../lib/crm/where.ts'
import { type Figure, figure } from '../figure.ts'
import { startProcess } from '../process.ts'
import { microseconds } from '../rounds.ts'

const PROCESSES = 7

const WHERE: Expression = {
  op: 'and',
  of: [
    { op: 'eq', field: 'case_customerref', value: "sf'mfrggzdfmztwq2lknnwg23tp" },
    { op: 'eq', field: 'case_primarycompanyid', value: 43 },
    { op: 'like', field: 'case_description', value: 'Printer', at: 'start' },
  ],
}

const SAMPLES = {
  string: 'text',
  integer: 43,
  decimal: '12.50',
  boolean: true,
  datetime: '2026-11-24T02:30:00Z',
  choice: 'text',
  'multi-choice': 'text',
  reference: 43,
} as const satisfies Record<Field['type'], unknown>

/** What the client does by itself, without a CRM. */
export async function clientFigures(): Promise<Figure[]> {
  const cases = await loadEntity('Cases')
  const full = fullRecord(cases)
  const { create } = schemasOf(cases)
  create.parse(full)
  const count = Object.keys(full).length
  return [
    figure(
      'where clause of three conditions',
      'µs',
      microseconds(() => buildWhere(WHERE, cases)),
      {
        atMost: 5,
      },
    ),
    figure('first schema of an entity, new process', 'ms', await firstSchemas(), { atMost: 15 }),
    figure(
      `warm parse of a case of ${count} fields`,
      'µs',
      microseconds(() => create.parse(full)),
      {
        atMost: 20,
      },
    ),
  ]
}

/** A value for every field that may be written. */
function fullRecord({ fields }: Entity): Record<string, unknown> {
  const writable = fields.filter(({ readOnly }) => !readOnly)
  return Object.fromEntries(
    writable.map(({ name, type, choices }) => [name, choices?.[0]?.code ?? SAMPLES[type]]),
  )
}

async function firstSchemas(): Promise<number[]> {
  const found: number[] = []
  for (let index = 0; index < PROCESSES; index += 1) {
    const { message, close } = await startProcess('bench/crm/first-schema-main.ts', [])
    found.push(Number(message['ms']))
    await close()
  }
  return found
}

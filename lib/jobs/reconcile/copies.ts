import type { Row } from '../../crm/client.ts'
import { CrmMisconfiguredError } from '../../crm/errors.ts'
import { trailingLine } from '../../crm/match.ts'
import type { Expression } from '../../crm/where.ts'
import type { Pipe } from '../../delivery/pipe.ts'
import type { Marked } from './marked.ts'

/** Every record in the CRM that carries a marker, with what the ledger knows of it. */
export type Copies = { readonly of: Marked; readonly rows: readonly Row[] }

type Ask = Pick<Pipe, 'crm' | 'config'>
type Counting = (asked: readonly Marked[], pipe: Ask) => Promise<readonly Copies[]>

const NOTES: string = 'Notes'

/** How the copies of a record are found: a column holds its marker, or the last line of a text does. */
export function countingOf(resource: string, { config }: Ask): Counting | undefined {
  const field = Object.entries(config.crm.markerFields).find(([name]) => name === resource)?.[1]
  if (field !== undefined) return (asked, pipe) => byColumn(resource, field, asked, pipe)
  return resource === NOTES ? byTrailingLine : undefined
}

async function byColumn(resource: string, field: string, asked: readonly Marked[], { crm }: Ask) {
  const { rows } = await crm.entity(resource).find(
    oneOf(
      field,
      asked.map(({ marker }) => marker),
    ),
  )
  return grouped(asked, rows, (row) => textOf(row, field, resource).trim())
}

/** A condition cannot ask for the last line of a text: all notes of the same owners are read, a kind of owner at a time. */
async function byTrailingLine(asked: readonly Marked[], { crm }: Ask) {
  const notes = crm.entity(NOTES)
  const known = await notes.find(
    oneOf(
      'note_noteid',
      asked.map(({ id }) => id),
    ),
  )
  const owners = Map.groupBy(known.rows, (row) => textOf(row, 'note_foreigntableid', NOTES))
  const rows: Row[] = []
  for (const [table, owned] of owners) {
    const ids = new Set(owned.map((row) => textOf(row, 'note_foreignid', NOTES)))
    const ofTable = { op: 'eq', field: 'note_foreigntableid', value: table } as const
    const found = await notes.find({ op: 'and', of: [ofTable, oneOf('note_foreignid', [...ids])] })
    rows.push(...found.rows)
  }
  return grouped(asked, rows, (row) => trailingLine(textOf(row, 'note_note', NOTES)))
}

function oneOf(field: string, values: readonly string[]): Expression {
  return { op: 'in', field, values }
}

/** The database ignores letter case; so do we. */
function grouped(asked: readonly Marked[], rows: readonly Row[], markerIn: (row: Row) => string): Copies[] {
  const byMarker = Map.groupBy(rows, (row) => markerIn(row).toLowerCase())
  return asked.map((of) => ({ of, rows: byMarker.get(of.marker) ?? [] }))
}

function textOf(row: Pick<Row, 'get'>, field: string, resource: string): string {
  const value = row.get(field)
  if (value === undefined) throw new CrmMisconfiguredError(`${resource} is returned without ${field}`)
  return String(value ?? '')
}

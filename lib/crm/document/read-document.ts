import { hashOf } from '../bound.ts'
import { rowKey } from '../decide.ts'
import type { ApplyContext } from '../decision.ts'
import type { Digest } from '../journal.ts'
import type { Document, Step } from '../plan.ts'
import { readRecord } from '../read-record.ts'
import type { Row } from '../row.ts'

/** A document as it is in the CRM: its head and all lines, whoever made them, the lowest id first. */
export type DocumentRows = { readonly head: Row; readonly lines: readonly Row[] }

/** The step of the document's head. */
export function headOf(steps: readonly Step[], { head }: Document): Step | undefined {
  return steps.find(({ as }) => as === head)
}

/** Both at once; undefined when the head is not there any more. */
export async function readDocument(
  id: string,
  head: Step,
  { lineResource, lineOwner }: Document,
  { client }: ApplyContext,
): Promise<DocumentRows | undefined> {
  const [row, { rows }] = await Promise.all([
    readRecord(client, head.resource, id),
    client.entity(lineResource).find({ op: 'eq', field: lineOwner, value: Number(id) }),
  ])
  if (row === undefined) return undefined
  return { head: row, lines: rows.toSorted((one, other) => Number(one.key) - Number(other.key)) }
}

/** What was just read need not be read again in this run. */
export function keepRows(
  { head, lines }: DocumentRows,
  step: Step,
  of: Document,
  context: ApplyContext,
): void {
  context.rows.set(rowKey(step.resource, head.key), head)
  for (const line of lines) context.rows.set(rowKey(of.lineResource, line.key), line)
}

/** A hash of all that people could have changed: fields of head and lines, and which lines there are. */
export function digestOf(
  { head, lines }: DocumentRows,
  fields: Pick<Digest, 'head' | 'line'>,
  { journal }: ApplyContext,
): Digest {
  const valuesOf = (row: Row, names: readonly string[]) => [
    row.key,
    ...names.map((name) => hashOf(journal, name, row.get(name))),
  ]
  const all = [valuesOf(head, fields.head), ...lines.map((line) => valuesOf(line, fields.line))]
  return { ...fields, hash: journal.hash(JSON.stringify(all)) }
}

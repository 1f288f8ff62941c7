import { trailingLine } from '../../crm/match.ts'
import { markerOf } from '../../delivery/marker.ts'
import type { Pipe } from '../../delivery/pipe.ts'
import type { Copies } from './copies.ts'

const CLOSED = 'Closed'

/**
 * Closes the cases that carry the marker of an older one and are still open, each with a note that says of which. The one
 * the ledger has bound and what is older than it stay as they are. Nothing is deleted or merged. Returns how many were
 * closed.
 */
export async function closeYounger({ of, rows }: Copies, pipe: Pipe): Promise<number> {
  if (of.resource !== 'Cases') return 0
  const younger = rows.filter((row) => Number(row.key) > Number(of.id) && row.get('case_status') !== CLOSED)
  for (const { key } of younger) {
    await noteOnce(key, of, pipe)
    await pipe.crm.entity('Cases').update(key, { Case_Status: CLOSED })
  }
  return younger.length
}

/** The note has a marker of its own: a run that was cut short does not write it twice. */
async function noteOnce(caseId: string, of: Copies['of'], { crm, config, entities }: Pipe): Promise<void> {
  const notes = crm.entity('Notes')
  const marker = markerOf(config.installation, of.subject, `duplicate ${caseId}`)
  const { tableId } = await entities('Cases')
  const { rows } = await notes.find({
    op: 'and',
    of: [
      { op: 'eq', field: 'note_foreigntableid', value: tableId },
      { op: 'eq', field: 'note_foreignid', value: `${Number(caseId)}` },
    ],
  })
  if (rows.some((row) => trailingLine(String(row.get('note_note') ?? '')) === marker)) return
  const text = `Duplicate of case ${of.id}: both were made for the same delivery. Closed; nothing was deleted or merged.`
  await notes.create({
    note_note: `${text}\n\n${marker}`,
    note_foreigntableid: tableId,
    note_foreignid: Number(caseId),
  })
}

import { hashesOf } from '../bound.ts'
import { newFields } from '../decide.ts'
import type { ApplyContext } from '../decision.ts'
import type { BoundRecord } from '../journal.ts'
import type { Document, Plan, Step } from '../plan.ts'
import { resolveFields } from '../resolve.ts'
import { digestOf, headOf, keepRows, readDocument } from './read-document.ts'

/**
 * Whether the document is left as it is, because people have closed it or worked on it since our last write. Looked at only
 * when something is to be changed. Where it is not left, it is no longer known to be as the plan wanted it.
 */
export async function isLeftToPeople(
  plan: Plan,
  document: Document,
  context: ApplyContext,
): Promise<boolean> {
  const { journal } = context
  const entry = journal.entry(document.head)
  const head = headOf(plan.steps, document)
  if (head === undefined || entry?.state !== 'bound' || entry.removed) return false
  if (entry.digest === undefined) {
    if (journal.redriven !== undefined) await readAtOnce(entry.id, head, document, context)
    return false
  }
  if (journal.redriven === undefined && !(await isChangeWanted(plan.steps, document, context))) return false
  const rows = await readDocument(entry.id, head, document, context)
  if (rows === undefined) {
    journal.note({ [document.head]: { ...entry, removed: true } })
    return false
  }
  keepRows(rows, head, document, context)
  const isClosed = document.closed.values.includes(String(rows.head.get(document.closed.field) ?? ''))
  const isTouched = digestOf(rows, entry.digest, context).hash !== entry.digest.hash
  if (isClosed || (isTouched && document.edited === 'leave')) return true
  const { digest: _, ...rest } = entry
  journal.note({ [document.head]: rest })
  return false
}

/** A redrive looks at every record: with two requests instead of one for each line, should an earlier try have been cut short. */
async function readAtOnce(id: string, head: Step, document: Document, context: ApplyContext): Promise<void> {
  const rows = await readDocument(id, head, document, context)
  if (rows !== undefined) keepRows(rows, head, document, context)
}

/** Whether the plan wants anything of the document that our last writes did not leave there. */
async function isChangeWanted(
  steps: readonly Step[],
  document: Document,
  context: ApplyContext,
): Promise<boolean> {
  const own = steps.filter((step) => step.as === document.head || step.line)
  if (unwanted(steps, document, context).length > 0) return true
  for (const step of own) if (await isChanged(step, context)) return true
  return false
}

async function isChanged(step: Step, context: ApplyContext): Promise<boolean> {
  const entry = context.journal.entry(step.as)
  if (entry?.state !== 'bound') return true
  if (entry.removed) return false
  return Object.keys(await newFields(step, entry, context)).length > 0
}

/** Lines the journal knows and the plan does not have. */
export function unwanted(
  steps: readonly Step[],
  { lines }: Document,
  { journal }: Pick<ApplyContext, 'journal'>,
): string[] {
  const wanted = new Set(steps.map(({ as }) => as))
  return journal.names(lines).filter((as) => !wanted.has(as))
}

/** Whether a line as we wrote it, or meant to, has another value in a field that never changes. */
export async function isOtherwise(step: Step, { fixed }: Document, context: ApplyContext): Promise<boolean> {
  const { journal, resolver } = context
  const sent = sentOf(journal.entry(step.as))
  if (sent === undefined) return false
  const wanted = hashesOf(journal, await resolveFields(step.resource, step.update ?? {}, resolver))
  return fixed.some((name) => sent[name] !== undefined && sent[name] !== wanted[name])
}

function sentOf(entry: ReturnType<ApplyContext['journal']['entry']>): Record<string, string> | undefined {
  if (entry?.state === 'intent') return entry.sent
  return entry && writtenIn(entry)
}

function writtenIn({ written = {} }: BoundRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(written).map(([name, { sent }]) => [name, sent]))
}

import { decide } from '../decide.ts'
import type { ApplyContext } from '../decision.ts'
import { TotalsDifferError } from '../errors.ts'
import type { Document, Plan, Step } from '../plan.ts'
import { type Settled, type Write, writeAll } from '../write-wave.ts'
import { type DocumentRows, digestOf, headOf, readDocument } from './read-document.ts'
import { differencesOf } from './totals.ts'
import { writeTotals } from './written-totals.ts'

/**
 * Reads the document as it is after its writes, and compares its totals with what they have to be. From then on it is known
 * what people may change. Where people have changed fields of it the totals are theirs.
 * @throws TotalsDifferError when they differ; the document says so then
 */
export async function checkTotals(
  plan: Plan,
  document: Document,
  settled: ReadonlyMap<string, Settled>,
  context: ApplyContext,
): Promise<void> {
  const { journal } = context
  const head = headOf(plan.steps, document)
  const id = settled.get(document.head)?.record?.id
  const entry = journal.entry(document.head)
  if (head === undefined || id === undefined || entry?.state !== 'bound' || entry.removed) return
  if (entry.digest !== undefined) return
  const isPeoples = isChangedByPeople(plan.steps, document, settled)
  const rows = await readAddedUp(head, id, plan, document, isPeoples, context)
  if (rows === undefined) return
  const issues = isPeoples ? [] : differencesOf(rows, document)
  if (issues.length > 0) await mark(head, document, context)
  const marked = issues.length > 0 ? await readDocument(id, head, document, context) : rows
  const now = journal.entry(document.head)
  if (marked !== undefined && now?.state === 'bound')
    journal.note({ [document.head]: { ...now, digest: digestOf(marked, document.watched, context) } })
  if (issues.length > 0)
    throw new TotalsDifferError('the CRM makes other totals of the quote than the order has', issues)
}

/** As it is after its writes, and after those of the totals that nobody but us makes. */
async function readAddedUp(
  head: Step,
  id: string,
  plan: Plan,
  document: Document,
  isPeoples: boolean,
  context: ApplyContext,
): Promise<DocumentRows | undefined> {
  const rows = await readDocument(id, head, document, context)
  if (rows === undefined || isPeoples) return rows
  const isWritten = await writeTotals(plan, document, rows, context)
  return isWritten ? readDocument(id, head, document, context) : rows
}

function isChangedByPeople(
  steps: readonly Step[],
  document: Document,
  settled: ReadonlyMap<string, Settled>,
): boolean {
  return steps.some((step) => {
    const one = settled.get(step.as)
    const isPart = step.line || step.as === document.head
    return isPart && ((one?.kept?.length ?? 0) > 0 || one?.effect === 'removed')
  })
}

async function mark(head: Step, { totals }: Document, context: ApplyContext): Promise<void> {
  const { field, text } = totals.mark
  const marked: Step = { ...head, update: { ...head.update, [field]: { fit: text } } }
  const decision = await decide(marked, context)
  const isWrite = (one: typeof decision): one is Write =>
    one.act === 'update' || one.act === 'create' || one.act === 'remove'
  if (isWrite(decision)) await writeAll([decision], context, 1)
}

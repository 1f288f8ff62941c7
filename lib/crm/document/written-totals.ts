import { Big, toDecimal } from '../../values/money.ts'
import { decide, rowKey } from '../decide.ts'
import type { ApplyContext, Update } from '../decision.ts'
import type { Journal } from '../journal.ts'
import type { Document, Fields, Plan, Step } from '../plan.ts'
import { type Entity, findField } from '../prototypes/field.ts'
import { readRecord } from '../read-record.ts'
import { writeAll } from '../write-wave.ts'
import { type DocumentRows, headOf, keepRows } from './read-document.ts'

type Deps = { readonly journal: Journal; readonly entities: (name: string) => Promise<Entity> }

/**
 * The plan with the totals among the fields of its steps, where it is us who add up: told so, or because this document was
 * found without its totals once. Of what is beside the document only what the prototypes let us write.
 */
export async function withTotals(plan: Plan, { journal, entities }: Deps): Promise<Plan> {
  const { document, steps } = plan
  if (document === undefined || !isOurs(document, journal)) return plan
  const added = await Promise.all(
    steps.map(async (step) => {
      const fields = await fieldsOf(step, document, entities)
      const update = step.update && { ...step.update, ...fields }
      return { ...step, create: { ...step.create, ...fields }, ...(update && { update }) }
    }),
  )
  const zero = { ...document.zero, [document.totals.lineTotal]: '0' }
  return { ...plan, steps: added, document: { ...document, zero } }
}

function isOurs({ head, totals }: Document, journal: Journal): boolean {
  if (totals.addedUpBy !== 'detected') return totals.addedUpBy === 'us'
  const entry = journal.entry(head)
  const known = entry?.state === 'bound' ? { ...entry.written, ...entry.updating?.sent } : {}
  return totals.sums.some((name) => known[name] !== undefined)
}

async function fieldsOf(step: Step, document: Document, entities: Deps['entities']): Promise<Fields> {
  const fields = document.totals.written[step.as] ?? {}
  if (step.line || step.as === document.head) return fields
  const entity = await entities(step.resource)
  return Object.fromEntries(Object.entries(fields).filter(([name]) => isWritable(entity, name)))
}

function isWritable(entity: Entity, name: string): boolean {
  return findField(entity, name)?.readOnly === false
}

/**
 * Writes the totals into a document that has none although its lines are there: this CRM does not add up what is written
 * through REST. What holds an amount already stays. The head comes last: what it holds says that all is written.
 * @returns whether anything was written
 */
export async function writeTotals(
  { steps }: Plan,
  document: Document,
  rows: DocumentRows,
  context: ApplyContext,
): Promise<boolean> {
  const head = headOf(steps, document)
  if (head === undefined || !(await hasNoTotals(rows, head, document, context))) return false
  keepRows(rows, head, document, context)
  const beside = steps.filter(({ as, line }) => document.totals.written[as] && !line && as !== head.as)
  context.onTotalsWritten?.(head.as)
  for (const part of [steps.filter(({ line }) => line), beside, [head]]) {
    const updates = await Promise.all(part.map((step) => updateOf(step, document, context)))
    await writeAll(
      updates.flatMap((one) => one ?? []),
      context,
      document.lineConcurrency,
    )
  }
  return true
}

/** A field that this user may not see is no total of nothing; nor is a line with another total one that was not added up. */
async function hasNoTotals(
  { head, lines }: DocumentRows,
  { resource }: Step,
  { totals, lineNumber }: Document,
  { resolver }: ApplyContext,
): Promise<boolean> {
  if (totals.addedUpBy !== 'detected') return false
  const entity = await resolver.entity(resource)
  const isMissing = totals.sums.every((name) => isNothing(head.get(name)) && isWritable(entity, name))
  const isThere = totals.lines.every(({ number, total }) => {
    const row = lines.find((one) => Number(one.get(lineNumber)) === number)
    const found = row?.get(totals.lineTotal)
    return row !== undefined && (isNothing(found) || toDecimal(found)?.eq(total))
  })
  return isMissing && isThere && totals.lines.some(({ total }) => !new Big(total).eq(0))
}

function isNothing(value: unknown): boolean {
  return value === null || value === '' || toDecimal(value)?.eq(0) === true
}

/** The totals that a step's record lacks, as an update; undefined when it lacks none. */
async function updateOf(step: Step, document: Document, context: ApplyContext): Promise<Update | undefined> {
  const { client, journal, rows, entities } = context
  const entry = journal.entry(step.as)
  if (entry?.state !== 'bound' || entry.removed) return undefined
  const key = rowKey(step.resource, entry.id)
  const row = rows.get(key) ?? (await readRecord(client, step.resource, entry.id))
  if (row === undefined) return undefined
  const all = Object.entries(await fieldsOf(step, document, entities))
  const update = Object.fromEntries(all.filter(([name]) => isNothing(row.get(name))))
  if (Object.keys(update).length === 0) return undefined
  rows.set(key, row)
  const decision = await decide({ ...step, update, overwrite: true }, context)
  return decision.act === 'update' ? decision : undefined
}

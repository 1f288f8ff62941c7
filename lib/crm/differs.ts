import type { ApplyContext } from './decision.ts'
import { CrmForbiddenError } from './errors.ts'
import type { BoundRecord } from './journal.ts'
import { type Found, lookUp } from './match.ts'
import type { Differs, Linked, Step, Wanted } from './plan.ts'
import { codeMeant } from './prototypes/choices.ts'
import { findField } from './prototypes/field.ts'
import { readRecord } from './read-record.ts'
import type { Resolver } from './resolve.ts'
import type { Row } from './row.ts'

/**
 * A step that tells what a found record says otherwise than was sent, with that text in it; undefined when there is nothing to
 * tell, or when it has been told. Of a record that we made there is nothing to tell.
 */
export async function tellDifferences(
  step: Step,
  steps: readonly Step[],
  context: ApplyContext,
): Promise<Step | undefined> {
  const { differs } = step
  const { journal } = context
  const own = journal.entry(step.as)
  const record = journal.entry(differs?.as ?? '')
  if (differs === undefined || own?.state === 'bound' || record?.state !== 'bound') return undefined
  if (!record.adopted || (record.told && own === undefined)) return undefined
  const lines = await linesOf(differs, steps, context)
  if (lines.length === 0) {
    noteTold(differs, record, context)
    return undefined
  }
  return { ...step, create: { ...step.create, [differs.text]: [differs.heading, '', ...lines].join('\n') } }
}

/** What was found in this run and says nothing else need not be looked for again, should the plan need another try. */
export async function rememberAgreement(steps: readonly Step[], context: ApplyContext): Promise<void> {
  const { found, journal } = context
  for (const { as, differs } of steps) {
    const record = journal.entry(differs?.as ?? '')
    const isOpen = record?.state === 'bound' && record.adopted && !record.told && found.has(differs?.as ?? '')
    if (differs === undefined || !isOpen || differs.linked !== undefined || journal.entry(as)) continue
    if ((await linesOf(differs, steps, context)).length === 0) noteTold(differs, record, context)
  }
}

type Bound = BoundRecord & { readonly state: 'bound' }

function noteTold({ as }: Differs, record: Bound, { journal }: ApplyContext): void {
  journal.note({ [as]: { ...record, told: true } })
}

/** Found in this run, or looked up again: what a record says is not kept. */
async function linesOf(differs: Differs, steps: readonly Step[], context: ApplyContext): Promise<string[]> {
  const { found, client, journal, resolver } = context
  const of = steps.find(({ as }) => as === differs.as)
  const one = found.get(differs.as) ?? (of && (await lookUp(client, of, journal.marker(of.as), resolver)))
  if (of === undefined || one === undefined) return []
  return [
    ...severalIn(one),
    ...(await differencesIn(one.row, differs.wanted, of.resource, resolver)),
    ...(differs.linked === undefined ? [] : await linkedDifferences(one.row, differs.linked, context)),
  ]
}

function severalIn({ ambiguous, why = '' }: Found): string[] {
  return ambiguous === 0 ? [] : [`${ambiguous + 1} records match: ${why} was taken.`]
}

/** A record that is not there says nothing. What this user may not see is not compared. */
async function linkedDifferences(row: Row, linked: Linked, context: ApplyContext): Promise<string[]> {
  const { resource, id, wanted } = linked
  const { client, resolver } = context
  const key = row.get(id)
  if (key === undefined) return []
  try {
    const record = key === null ? undefined : await readRecord(client, resource, String(key))
    return await differencesIn(record ?? EMPTY, wanted, resource, resolver)
  } catch (error) {
    if (error instanceof CrmForbiddenError) return []
    throw error
  }
}

const EMPTY = { get: () => null }

async function differencesIn(
  row: Pick<Row, 'get'>,
  wanted: readonly Wanted[],
  resource: string,
  { entity }: Resolver,
): Promise<string[]> {
  const of = await entity(resource)
  return wanted.flatMap(({ label, field, value, isCaption }) => {
    const there = row.get(field)
    const list = isCaption && findField(of, field)
    const code = list && codeMeant(list, value)
    if (there === undefined || [value, code ?? value].some((one) => folded(there) === folded(one))) return []
    const said = there === null || there === '' ? 'nothing' : `"${String(there)}"`
    return [`${label}: sent "${value}", here ${said}`]
  })
}

function folded(value: unknown): string {
  return String(value ?? '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s()/-]/g, '')
}

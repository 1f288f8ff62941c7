import type { ApplyContext } from './decision.ts'
import type { BoundRecord } from './journal.ts'
import { type Found, lookUp } from './match.ts'
import type { Differs, Step } from './plan.ts'

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
    journal.note({ [differs.as]: { ...record, told: true } satisfies BoundRecord & { state: 'bound' } })
    return undefined
  }
  return { ...step, create: { ...step.create, [differs.text]: [differs.heading, '', ...lines].join('\n') } }
}

/** Found in this run, or looked up again: what a record says is not kept. */
async function linesOf(
  differs: Differs,
  steps: readonly Step[],
  { found, client, journal, resolver }: ApplyContext,
): Promise<string[]> {
  const of = steps.find(({ as }) => as === differs.as)
  const one = found.get(differs.as) ?? (of && (await lookUp(client, of, journal.marker(of.as), resolver)))
  return one === undefined ? [] : [...severalIn(one), ...differencesIn(one, differs)]
}

function severalIn({ ambiguous, why = '' }: Found): string[] {
  return ambiguous === 0 ? [] : [`${ambiguous + 1} records match: ${why} was taken.`]
}

function differencesIn({ row }: Found, { wanted }: Differs): string[] {
  return wanted.flatMap(({ label, field, value }) => {
    const there = row.get(field)
    if (there === undefined || folded(there) === folded(value)) return []
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

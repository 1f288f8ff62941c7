import type { ConfiguredAutomation } from '../../automations/index.ts'
import type { FieldValue, Plan, Step } from '../../crm/plan.ts'
import type { Observed } from '../../events/automation-run.ts'
import type { Ledger } from '../ledger.ts'
import { knownAs } from './bring-about.ts'
import { type Asked, FIRST_WIDTH, highestId, readPage, readRelated } from './scan.ts'

/** One field of a record that would be changed, or one record that would be made. */
export type Difference = { readonly what: string; readonly from: string; readonly to: string }

/** What a run would do about one record. `skipped`: why it would do nothing, though the rule says so. */
export type Preview = {
  readonly resource: string
  readonly id: string
  readonly level: string
  readonly skipped?: string
  readonly differences: readonly Difference[]
}

export type Previewed = Asked & {
  /** What was done before; without it every record looks like the first time. */
  readonly ledger?: Ledger
}

/** Walks as a run does and writes nothing, neither to the CRM nor to the ledger. */
export async function* previewRun(
  automation: ConfiguredAutomation,
  nowMs: number,
  asked: Previewed,
): AsyncGenerator<Preview, void, undefined> {
  const last = await highestId(automation, asked)
  for (let [after, width] = [0, FIRST_WIDTH]; after < last; ) {
    const page = await readPage(automation, { after, last, width }, asked)
    const candidates = page.records.filter((record) => 'plan' in automation.decide(record, [], nowMs))
    const related = await readRelated(automation, candidates, asked)
    for (const record of candidates) {
      const others = related.get(record.id) ?? []
      const due = automation.decide(record, others, nowMs)
      if ('skip' in due) continue
      const found = { automation, record, related: others, due, nowMs, began: nowMs }
      const skipped = asked.ledger && (await knownAs(found, asked.ledger))
      const what = { resource: automation.resource, id: record.id, level: due.level }
      yield {
        ...what,
        ...(skipped !== undefined && { skipped }),
        differences: differencesOf(due.plan, record),
      }
    }
    after = page.upTo
    width = page.width
  }
}

function differencesOf({ steps }: Plan, record: Observed): Difference[] {
  return steps.flatMap((step) => (step.match.by === 'id' ? changesOf(step, record) : [creationOf(step)]))
}

function changesOf({ resource, match, update = {} }: Step, record: Observed): Difference[] {
  const seen = match.by === 'id' ? match.seen : record.fields
  return Object.entries(update)
    .map(([field, to]) => ({ what: `${resource}.${field}`, from: text(seen[field] ?? null), to: text(to) }))
    .filter(({ from, to }) => from !== to)
}

function creationOf({ resource, create }: Step): Difference {
  const words = create['note_note'] ?? create['comm_subject'] ?? ''
  return { what: `new ${resource}`, from: '', to: text(words) }
}

function text(value: FieldValue): string {
  if (value === null) return ''
  if (typeof value !== 'object') return String(value)
  return 'fit' in value ? value.fit : JSON.stringify(value)
}

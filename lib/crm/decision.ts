import type { CrmClient, Row } from './client.ts'
import type { BoundRecord, Effect, Journal } from './journal.ts'
import type { Ahead } from './look-ahead.ts'
import type { Found } from './match.ts'
import type { Step } from './plan.ts'
import type { Entity } from './prototypes/field.ts'
import type { Resolver, resolveFields } from './resolve.ts'

export type ApplyDeps = {
  readonly client: CrmClient
  readonly entities: (name: string) => Promise<Entity>
  readonly journal: Journal
  /** Told when several records matched and the lowest id was taken. */
  readonly onAmbiguous?: (step: string, id: string, others: number) => void
  /** Told when the totals of a document were written because the CRM had none. */
  readonly onTotalsWritten?: (step: string) => void
}
export type ApplyContext = ApplyDeps & {
  readonly resolver: Resolver
  readonly ahead: Ahead
  /** What was found in this run, by step. */
  readonly found: Map<string, Found>
  /** Rows that were just read, by resource and id, each for one use. */
  readonly rows: Map<string, Row>
}

export type PlainFields = Awaited<ReturnType<typeof resolveFields>>
export type Update = {
  readonly step: Step
  readonly act: 'update'
  readonly record: BoundRecord
  readonly fields: PlainFields
  /** Fields that people have changed, and that stay as they are. */
  readonly kept: readonly string[]
}

/** The step's record is there, made by a create of unknown outcome: which of its children are is to be seen. */
export type Complete = {
  readonly step: Step
  readonly act: 'complete'
  readonly id: string
  /** When it was found as any record is: then it will do as it is, should nobody be able to list its children. */
  readonly found?: BoundRecord
}

/** The record is not wanted any more. `fields` make it count for nothing where it cannot be deleted and may stay. */
export type Remove = {
  readonly step: Step
  readonly act: 'remove'
  readonly record: BoundRecord
  readonly fields: PlainFields
  readonly mayStay: boolean
}

/** What is to be done about a step. */
export type Decision =
  | {
      readonly step: Step
      readonly act: 'nothing'
      readonly effect: Effect
      readonly record?: BoundRecord
      readonly kept?: readonly string[]
    }
  | { readonly step: Step; readonly act: 'create' }
  | Complete
  | Update
  | Remove

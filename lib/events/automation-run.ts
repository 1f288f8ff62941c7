import * as z from '../values/schema.ts'
import { Standing } from './standing.ts'

/** A record of the CRM as an automation has seen it: fields by their names in lower case, times in UTC, nothing as null. */
export const Observed = z.strictObject({
  id: z.string().check(z.minLength(1)),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type Observed = z.infer<typeof Observed>

/** An automation has found a record that something is to be done about, once for each level. */
export const AutomationRun = z.strictObject({
  kind: z.literal('automation-run'),
  standing: z.optional(Standing),
  /** A name of the table in lib/automations. */
  automation: z.string().check(z.minLength(1)),
  /** What is reached, in the automation's own words. */
  level: z.string().check(z.minLength(1)),
  /** When it was decided. */
  at: z.iso.datetime(),
  record: Observed,
  /** Records that belong to it, as far as the automation asks for any. */
  related: z.readonly(z.array(Observed)),
})
export type AutomationRun = z.infer<typeof AutomationRun>

import type { CasesFields } from '../crm/prototypes/generated.ts'
import type { UpdateFields } from '../crm/typed.ts'
import * as z from '../values/schema.ts'
import { Columns, type RuledColumns } from './field-rules.ts'
import { Several } from './several.ts'

/** A selection code of the field: the compiler knows those of the snapshot, the CRM's prototypes have the last word. */
function codeOf<F extends keyof CasesFields>(_field: F) {
  return z.custom<NonNullable<CasesFields[F]>>(
    (value) => typeof value === 'string' && value !== '' && value.length <= 80,
    { error: 'a selection code' },
  )
}

const Id = z.number('the id of a record: a number').check(z.int(), z.positive())

/** Who and what a record is given to, by id. */
const ownership = {
  /** Users: `user_userid` of who gets it. */
  assignedUserId: z.optional(Id),
  /** Team (`case_channelid`). */
  teamId: z.optional(Id),
  /** Service level agreement (`case_slaid`). Without one Sage CRM takes the company's. */
  slaId: z.optional(Id),
  /** Territory (`case_secterr`); may be negative. */
  territoryId: z.optional(z.number().check(z.int())),
}

/** What every record the functions create begins with, where it has such a field. */
export const Defaults = z.strictObject(ownership)

/** Columns of Cases by their stored names or in lower case, with the codes of their selection lists. */
type CaseColumns = RuledColumns<UpdateFields<'Cases'>>

/** How a submission becomes a case. Codes are Sage CRM's selection codes, not their captions. */
export const CaseMapping = z.strictObject({
  ...ownership,
  source: z.optional(codeOf('Case_Source')),
  status: z.optional(codeOf('Case_Status')),
  stage: z.optional(codeOf('Case_Stage')),
  priority: z.optional(codeOf('Case_Priority')),
  problemType: z.optional(codeOf('Case_ProblemType')),
  productArea: z.optional(codeOf('Case_ProductArea')),
  /** First words of the case's description; the submission's subject follows. */
  title: z.optional(z.string().check(z.minLength(1), z.maxLength(80))),
  /** Whether company and person come before the case, or after it: then it is there at once, and linked afterwards. */
  parties: z.optional(z.enum(['before', 'after'], '"before" or "after"')),
  several: z.optional(Several),
  /** Any other columns, by name: a constant or a rule. */
  fields: z._default(z.pipe(z.custom<CaseColumns>(), Columns), {}),
})
export type CaseMapping = z.infer<typeof CaseMapping>

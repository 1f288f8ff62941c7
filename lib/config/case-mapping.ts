import * as z from 'zod'
import type { CasesFields } from '../crm/prototypes/generated.ts'
import type { UpdateFields } from '../crm/typed.ts'
import { Columns, type RuledColumns } from './field-rules.ts'
import { Several } from './several.ts'

/** A selection code of the field: the compiler knows those of the snapshot, the CRM's prototypes have the last word. */
function codeOf<F extends keyof CasesFields>(_field: F) {
  return z.custom<NonNullable<CasesFields[F]>>(
    (value) => typeof value === 'string' && value !== '' && value.length <= 80,
    { error: 'a selection code' },
  )
}

const Id = z.number('the id of a record: a number').int().positive()

/** Who and what a record is given to, by id. */
const ownership = {
  /** Users: `user_userid` of who gets it. */
  assignedUserId: Id.optional(),
  /** Team (`case_channelid`). */
  teamId: Id.optional(),
  /** Service level agreement (`case_slaid`). Without one Sage CRM takes the company's. */
  slaId: Id.optional(),
  /** Territory (`case_secterr`); may be negative. */
  territoryId: z.number().int().optional(),
}

/** What every record the functions create begins with, where it has such a field. */
export const Defaults = z.strictObject(ownership)

/** Columns of Cases by their stored names or in lower case, with the codes of their selection lists. */
type CaseColumns = RuledColumns<UpdateFields<'Cases'>>

/** How a submission becomes a case. Codes are Sage CRM's selection codes, not their captions. */
export const CaseMapping = z.strictObject({
  ...ownership,
  source: codeOf('Case_Source').optional(),
  status: codeOf('Case_Status').optional(),
  stage: codeOf('Case_Stage').optional(),
  priority: codeOf('Case_Priority').optional(),
  problemType: codeOf('Case_ProblemType').optional(),
  productArea: codeOf('Case_ProductArea').optional(),
  /** First words of the case's description; the submission's subject follows. */
  title: z.string().min(1).max(80).optional(),
  /** Whether company and person come before the case, or after it: then it is there at once, and linked afterwards. */
  parties: z.enum(['before', 'after'], '"before" or "after"').optional(),
  several: Several.optional(),
  /** Any other columns, by name: a constant or a rule. */
  fields: z.custom<CaseColumns>().pipe(Columns).default({}),
})
export type CaseMapping = z.infer<typeof CaseMapping>

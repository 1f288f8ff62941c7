import * as z from 'zod'
import type { CasesFields } from '../crm/prototypes/generated.ts'
import { RELEASES } from '../crm/release.ts'
import { isTimeZone } from '../crm/zone.ts'

/** Instance names are part of every event id and URL for ever: short, lower case, never reused for something else. */
const InstanceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40')

/** A selection code of the field: the compiler knows those of the snapshot, the CRM's prototypes have the last word. */
function codeOf<F extends keyof CasesFields>(_field: F) {
  return z.custom<NonNullable<CasesFields[F]>>(
    (value) => typeof value === 'string' && value !== '' && value.length <= 80,
    { error: 'a selection code' },
  )
}

/** How a submission becomes a case. Codes are Sage CRM's selection codes, not their captions. */
const CaseMapping = z.strictObject({
  source: codeOf('Case_Source').optional(),
  status: codeOf('Case_Status').optional(),
  stage: codeOf('Case_Stage').optional(),
  priority: codeOf('Case_Priority').optional(),
  problemType: codeOf('Case_ProblemType').optional(),
  productArea: codeOf('Case_ProductArea').optional(),
  /** Users: `user_userid` of who gets the case. */
  assignedUserId: z.number().int().positive().optional(),
  /** Territory (`case_secterr`); may be negative. */
  territoryId: z.number().int().optional(),
  /** First words of the case's description; the submission's subject follows. */
  title: z.string().min(1).max(80).optional(),
})
export type CaseMapping = z.infer<typeof CaseMapping>

const SourceInstance = z.strictObject({
  /** A name of the table in lib/sources. */
  source: z.string().min(1),
  /** What this source can be told: which form field is which, and so on. See docs/sources. */
  options: z.record(z.string(), z.unknown()).default({}),
  /** Names of the secrets (environment variables on one machine), newest first; two during a rotation. */
  secrets: z.array(z.string().min(1)).max(2).default([]),
  /** Where a browser goes after the form was sent; without one it sees a plain thank-you page. */
  thankYouUrl: z.url({ protocol: /^https?$/ }).optional(),
  case: CaseMapping.default({}),
})
export type SourceInstance = z.infer<typeof SourceInstance>

const ReleaseName = z.enum(Object.keys(RELEASES) as [keyof typeof RELEASES])

const CrmSettings = z.strictObject({
  /** What the CRM may be asked; `npm run doctor` says which. `any` asks only what every release answers. */
  release: ReleaseName.default('any'),
  /** The IANA name of the zone the CRM's server is set to (Administration, System Behavior). */
  timeZone: z.string().refine(isTimeZone, 'a time zone like Europe/Dublin').default('UTC'),
  /** Whether this CRM writes times in UTC or in its own zone. */
  instants: z.enum(['utc', 'local']).default('utc'),
  /** How many deliveries may ask the CRM at the same time, over all functions: it is one server. */
  concurrency: z.number().int().min(1).max(64).default(4),
  /** As chosen in Sage CRM's setup wizard; used where CRM_URL is an origin alone. */
  installName: z.string().regex(/^\w+$/, 'letters, digits and underscores').default('crm'),
  /** Text fields of the CRM that hold our marker; a stock install has these. */
  markerFields: z.strictObject({ Cases: z.string().min(1) }).default({ Cases: 'case_customerref' }),
  /** Where a person is looked up by e-mail address: a view or entity, its e-mail column and its person id column. */
  personByEmail: z
    .strictObject({ resource: z.string().min(1), email: z.string().min(1), id: z.string().min(1) })
    .default({ resource: 'vPerson', email: 'pers_emailaddress', id: 'pers_personid' }),
})

export const IntegrationConfig = z.strictObject({
  /** Names this installation. Part of every marker in the CRM: choose once, never change. */
  installation: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40'),
  /** The address the outside world uses; PUBLIC_URL overrides it. Never taken from a request. */
  publicUrl: z.url({ protocol: /^https?$/ }),
  sources: z.record(InstanceName, SourceInstance),
  case: CaseMapping.default({}),
  crm: CrmSettings.prefault({}),
  retention: z.strictObject({ payloadDays: z.number().int().min(1).max(400) }).default({ payloadDays: 30 }),
})
export type IntegrationConfig = z.infer<typeof IntegrationConfig>

/** integration.config.ts cannot be used. The message names every path and rule. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Checks what `integration.config.ts` exports and fills in the defaults.
 * @throws ConfigError naming each wrong path and its rule
 */
export function defineConfig(config: z.input<typeof IntegrationConfig>): IntegrationConfig {
  const result = IntegrationConfig.safeParse(config)
  if (result.success) return result.data
  const issues = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`integration.config.ts: ${issues.join('; ')}`)
}

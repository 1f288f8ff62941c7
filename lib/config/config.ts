import * as z from '../values/schema.ts'
import { Automations } from './automations.ts'
import { CaseMapping, Defaults } from './case-mapping.ts'
import { CrmSettings } from './crm-settings.ts'
import { NotifySettings } from './notify.ts'
import { OrderMapping } from './order-mapping.ts'

export type { CaseMapping } from './case-mapping.ts'

/** Instance names are part of every event id and URL for ever: short, lower case, never reused for something else. */
const InstanceName = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40'))

/** Scheme, host and port, as a browser's Origin header has it. */
const Origin = z
  .url({ protocol: /^https?$/ })
  .check(
    z.refine((url) => URL.parse(url)?.origin === url, 'an origin: scheme, host and port, nothing behind'),
  )

const SourceInstance = z.strictObject({
  /** A name of the table in lib/sources. */
  source: z.string().check(z.minLength(1)),
  /** What this source can be told: which form field is which, and so on. See docs/sources. */
  options: z._default(z.record(z.string(), z.unknown()), {}),
  /** Names of the secrets (environment variables on one machine, parameters on AWS), newest first; two during a rotation. */
  secrets: z._default(z.array(z.string().check(z.minLength(1))).check(z.maxLength(2)), []),
  /** On AWS an alarm goes off when nothing new has come for so many hours; at most a week. */
  silentAfterHours: z.optional(z.number().check(z.int(), z.minimum(1), z.maximum(168))),
  /** Whether the vendor's test deliveries count like real ones; otherwise they are recorded and ignored. */
  acceptTests: z._default(z.boolean(), false),
  /** How to reach the vendor's own API, for what a delivery leaves out: names of secrets, and an address if not its own. */
  api: z.prefault(
    z.strictObject({
      credentials: z._default(
        z.record(z.string().check(z.minLength(1)), z.string().check(z.minLength(1))),
        {},
      ),
      baseUrl: z.optional(z.url({ protocol: /^https?$/ })),
    }),
    {},
  ),
  /** Where a browser goes after the form was sent; without one it sees a plain thank-you page. */
  thankYouUrl: z.optional(z.url({ protocol: /^https?$/ })),
  /** What that page says, by language (BCP 47); the first is for every other language. */
  thankYou: z._default(
    z.record(
      z.string().check(z.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language such as de or pt-BR')),
      z.strictObject({
        title: z.string().check(z.minLength(1), z.maxLength(80)),
        text: z.string().check(z.minLength(1), z.maxLength(500)),
      }),
    ),
    {},
  ),
  /** Origins whose scripts may post and read the answer, such as `https://www.example.com`. */
  origins: z._default(z.array(Origin), []),
  case: z.prefault(CaseMapping, {}),
  /** As `order` of the whole installation; wins over it. */
  order: z._default(OrderMapping, {}),
})
export type SourceInstance = z.infer<typeof SourceInstance>

export const IntegrationConfig = z.strictObject({
  /** Names this installation. Part of every marker in the CRM: choose once, never change. */
  installation: z
    .string()
    .check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40')),
  /** The address the outside world uses; PUBLIC_URL overrides it. Never taken from a request. */
  publicUrl: z.url({ protocol: /^https?$/ }),
  sources: z.record(InstanceName, SourceInstance),
  /** Assignee, team and SLA of whatever is created; `case` and a source's own `case` win. */
  defaults: z._default(Defaults, {}),
  case: z.prefault(CaseMapping, {}),
  order: z._default(OrderMapping, {}),
  crm: z.prefault(CrmSettings, {}),
  automations: z._default(Automations, {}),
  notify: z._default(NotifySettings, {}),
  retention: z._default(
    z.strictObject({ payloadDays: z.number().check(z.int(), z.minimum(1), z.maximum(400)) }),
    { payloadDays: 30 },
  ),
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
  throw new ConfigError(`integration.config.ts: ${result.error.issues.flatMap(described).join('; ')}`)
}

function described(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join('.')
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => `${path}: ${message}`)
  if (issue.code !== 'unrecognized_keys') return [`${path}: ${issue.message}`]
  return issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no such option`)
}

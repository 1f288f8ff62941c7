import { RELEASES } from '../crm/release.ts'
import type { EntityName, FieldName } from '../crm/typed.ts'
import { isTimeZone } from '../crm/zone.ts'
import * as z from '../values/schema.ts'

const ReleaseName = z.enum(Object.keys(RELEASES) as [keyof typeof RELEASES])

/** A column of an entity, in its stored casing or in lower case. */
function columnOf<N extends EntityName>(_entity: N) {
  return z.custom<FieldName<N>>((value) => typeof value === 'string' && /^\w+$/.test(value), {
    error: 'the name of a column',
  })
}

/** What kind of CRM this is. Its address and password come from the environment. */
export const CrmSettings = z.strictObject({
  /** What the CRM may be asked; `npm run doctor` says which. `any` asks only what every release answers. */
  release: z._default(ReleaseName, 'any'),
  /** The IANA name of the zone the CRM's server is set to (Administration, System Behavior). */
  timeZone: z._default(z.string().check(z.refine(isTimeZone, 'a time zone like Europe/Dublin')), 'UTC'),
  /** Whether this CRM writes times in UTC or in its own zone. */
  instants: z._default(z.enum(['utc', 'local']), 'utc'),
  /** How many deliveries may ask the CRM at the same time, over all functions: it is one server. */
  concurrency: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(64)), 4),
  /** As chosen in Sage CRM's setup wizard; used where CRM_URL is an origin alone. */
  installName: z._default(z.string().check(z.regex(/^\w+$/, 'letters, digits and underscores')), 'crm'),
  /** Text fields of the CRM that hold our marker; a stock install has these. */
  markerFields: z.prefault(
    z.strictObject({
      Cases: z._default(columnOf('Cases'), 'case_customerref'),
      Opportunity: z._default(columnOf('Opportunity'), 'oppo_customerref'),
    }),
    {},
  ),
  /** Whether the nightly `reconcile-markers` closes a younger case with our marker, with a note; otherwise it only reports. */
  closeDuplicates: z._default(z.boolean(), false),
  /** Where a person is looked up by e-mail address: a view or entity, its e-mail column and its person id column. */
  personByEmail: z._default(
    z.strictObject({
      resource: z.string().check(z.minLength(1)),
      email: z.string().check(z.minLength(1)),
      id: z.string().check(z.minLength(1)),
    }),
    { resource: 'vPerson', email: 'pers_emailaddress', id: 'pers_personid' },
  ),
  /** Selection fields whose list in Custom_Captions (`Capt_Family`) has another name than theirs. */
  captionFamilies: z._default(
    z.record(z.string().check(z.minLength(1)), z.string().check(z.minLength(1))),
    {},
  ),
})

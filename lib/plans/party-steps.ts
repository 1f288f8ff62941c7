import type { IntegrationConfig } from '../config/config.ts'
import type { Child, Children, Fields, FieldValue, Match, Step } from '../crm/plan.ts'
import { normalizeKey } from '../values/text.ts'

/** How a party is recognised beyond its natural key: see the plan's words. */
export type Recognised = Omit<Extract<Match, { by: 'natural' }>, 'by' | 'key' | 'search'>

export type Who = {
  readonly email: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly phone?: string | undefined
}

/** The company of this name, ignoring case and surrounding blanks; made with `children` when there is none. */
export function companyNamed(named: string, recognised: Recognised, children?: Children): Step {
  const name = { fit: named }
  return {
    as: 'company',
    resource: 'Company',
    needs: [],
    match: {
      by: 'natural',
      key: `company:${normalizeKey(named)}`,
      ...recognised,
      search: [
        {
          resource: 'Company',
          where: { op: 'eq', field: 'comp_name', value: name },
          equal: { comp_name: name },
        },
      ],
    },
    create: { comp_name: name },
    ...(children !== undefined && { children }),
  }
}

/** The person with this e-mail address; made in the company, with the address, the phone number and `children`, when there is none. */
export function personWithEmail(
  who: Who,
  company: Step | undefined,
  { personByEmail: at }: IntegrationConfig['crm'],
  recognised: Recognised,
  children: Children = {},
): Step {
  const { email } = who
  return {
    as: 'person',
    resource: 'Person',
    needs: company === undefined ? [] : [company.as],
    match: {
      by: 'natural',
      key: `person:${normalizeKey(email)}`,
      ...recognised,
      search: [
        {
          resource: at.resource,
          idField: at.id,
          where: { op: 'eq', field: at.email, value: email },
          equal: { [at.email]: email },
        },
      ],
    },
    create: { ...personName(who), ...(company && { pers_companyid: { ref: company.as } }) },
    children: {
      email: [{ type: 'Business', isDefault: true, fields: { emai_emailaddress: email } }],
      ...phoneChildren(who),
      ...children,
    },
    carry: { company: 'pers_companyid' },
  }
}

/** The company and the person as fields of what belongs to them: the company that is named, else the person's own. */
export function partyFields(parties: readonly Step[], company: string, person: string): Fields {
  const has = (as: string) => parties.some((step) => step.as === as)
  const its: FieldValue = has('company') ? { ref: 'company' } : { ref: 'person', carried: 'company' }
  return {
    ...(parties.length > 0 && { [company]: its }),
    ...(has('person') && { [person]: { ref: 'person' } }),
  }
}

/** Sage CRM insists on a last name; the part of the address before the @ is the best there is. */
function personName({ firstName, lastName, email }: Who): Fields {
  const last = lastName ?? firstName ?? email.slice(0, email.lastIndexOf('@'))
  const first = lastName === undefined ? undefined : firstName
  return { pers_lastname: { fit: last }, ...(first !== undefined && { pers_firstname: { fit: first } }) }
}

function phoneChildren({ phone }: Who): { phone?: Child[] } {
  if (phone === undefined) return {}
  return { phone: [{ type: 'Business', isDefault: true, fields: { phon_number: { fit: phone } } }] }
}

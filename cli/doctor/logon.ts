import {
  CrmCredentialsError,
  CrmForbiddenError,
  CrmMisconfiguredError,
  CrmNotFoundError,
  CrmUnreachableError,
} from '../../lib/crm/errors.ts'
import { bad, type Finding, good, type Patient } from './finding.ts'

type Diagnosis = { readonly what: string; readonly todo: string }
type ErrorClass = abstract new (...args: never[]) => Error

const DIAGNOSES: readonly (readonly [ErrorClass, Diagnosis])[] = [
  [
    CrmCredentialsError,
    {
      what: 'credentials',
      todo: 'log on to Sage CRM with them in a browser; nothing more was tried, because wrong passwords lock the account. Disabled accounts and resources have no access',
    },
  ],
  [CrmForbiddenError, { what: 'rights', todo: 'give the user the right to read companies' }],
  [
    CrmMisconfiguredError,
    { what: 'contract', todo: 'the address ends with /sdata/{install name}j/sagecrm2/-' },
  ],
  [CrmNotFoundError, { what: 'contract', todo: 'check the install name: /sdata/{install name}j/sagecrm2/-' }],
  [
    CrmUnreachableError,
    { what: 'contract', todo: 'check the install name, and that the Tomcat service of Sage CRM is running' },
  ],
]

/** One authenticated request, and never a second one after a refusal. */
export async function checkLogon({ crm }: Pick<Patient, 'crm'>): Promise<Finding[]> {
  try {
    await crm.ping()
    return [good('contract', 'sagecrm2, JSON'), good('credentials', 'accepted')]
  } catch (error) {
    const found = DIAGNOSES.find(([type]) => error instanceof type)?.[1]
    const { what, todo } = found ?? { what: 'contract', todo: 'look into the log of Tomcat and of IIS' }
    return [bad(what, error instanceof Error ? error.message : String(error), todo)]
  }
}

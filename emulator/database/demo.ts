import { company } from '../entities/company.ts'
import { FULL_ACCESS } from '../records/access.ts'
import { createRecord } from '../records/create.ts'
import type { Crm } from '../records/crm.ts'

const DEMO_COMPANY = {
  Comp_Name: 'Gatecom Inc.',
  Comp_Type: 'Customer',
  Comp_WebSite: 'https://gatecom.example',
  person: { Pers_FirstName: 'William', Pers_LastName: 'Agnew', $type: 'Admin', $isDefault: true },
  address: { addr_address1: '1 Harbour Road', Addr_City: 'Dublin', Addr_Country: 'IE', $type: 'Business' },
  email: { Emai_EmailAddress: 'info@gatecom.example', $type: 'Business' },
  phone: { Phon_CountryCode: '353', Phon_AreaCode: '1', Phon_Number: '5550100', $type: 'Business' },
}

/** Adds a company with a person to look at, unless there is one already. */
export function seedDemo(crm: Crm, userId: number): void {
  const known = crm.database.get('SELECT 1 FROM Company WHERE Comp_Name = ?', DEMO_COMPANY.Comp_Name)
  if (known === undefined)
    createRecord(crm, company, DEMO_COMPANY, { userId, baseUrl: '', access: FULL_ACCESS })
}

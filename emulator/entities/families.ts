/** One selection list: `[code, caption]`, or a code that is its own caption. */
export type Family = readonly (string | readonly [code: string, caption: string])[]

/**
 * What a new database's Custom_Captions begin with. A family that is not here has no codes, and its fields take any.
 * Codes from the user help of Sage CRM where it names them; the rest are ours.
 */
export const FAMILIES: Readonly<Record<string, Family>> = {
  Case_Status: ['In Progress', 'Closed'],
  Case_Stage: ['Logged', 'Queued', 'Investigating', 'Waiting', 'Confirmed', 'Solved'],
  Case_Priority: ['Low', 'Normal', 'High'],
  Case_Source: ['Phone', ['Email', 'E-mail'], 'Fax', 'Web'],
  Case_ProblemType: [
    ['Customer', 'Customer knowledge'],
    ['Missing', 'Missing component'],
    ['Defect', 'Defective component'],
  ],
  Case_SolutionType: [
    ['Replace', 'Replace component'],
    ['OnSite', 'On-Site Engineer'],
    ['Training', 'Training'],
  ],
  Case_ProductArea: ['Hardware', 'Software', 'Services'],
  Comp_Type: ['Customer', 'Prospect', 'Supplier', 'Partner', 'Competitor'],
  Comp_Status: ['Active', 'Inactive'],
  Comp_Source: ['Phone', ['Email', 'E-mail'], 'Web', 'Referral', 'Advertisement'],
  Comp_Sector: ['Finance', 'Manufacturing', 'Retail', 'Services', 'Public'],
  Comp_Employees: [
    ['1-10', '1 to 10'],
    ['11-50', '11 to 50'],
    ['51-250', '51 to 250'],
    ['251+', 'More than 250'],
  ],
  Pers_Salutation: ['Mr.', 'Mrs.', 'Ms.', 'Dr.'],
  Pers_Gender: ['Male', 'Female'],
  Pers_TitleCode: [
    ['CEO', 'Chief Executive Officer'],
    ['VP', 'Vice President'],
    ['Manager', 'Manager'],
    ['Engineer', 'Engineer'],
  ],
  pers_status: ['Active', 'Inactive'],
  addr_country: [
    ['DE', 'Germany'],
    ['ES', 'Spain'],
    ['FR', 'France'],
    ['GB', 'United Kingdom'],
    ['IE', 'Ireland'],
    ['PL', 'Poland'],
    ['US', 'United States'],
  ],
}

import { records } from './record.ts'

type Lead = readonly [
  description: string,
  company: string,
  firstName: string,
  lastName: string,
  email: string,
  source: string,
  rating: string,
  opened: string,
]

const LEADS: readonly Lead[] = [
  [
    'Asks for a price list',
    'Tideway Marine',
    'Nora',
    'Vance',
    'nora.vance@tideway.example',
    'Web',
    'Warm',
    '2026-03-05',
  ],
  [
    'Met at the fair',
    'Polder Plants BV',
    'Sjoerd',
    'Bakker',
    's.bakker@polderplants.example',
    'Referral',
    'Hot',
    '2026-03-10',
  ],
  [
    'Newsletter',
    'Orchard Street Café',
    'Tess',
    'Lindqvist',
    'tess@orchardstreet.example',
    'Email',
    'Cold',
    '2026-03-17',
  ],
  [
    'Call about TimeCheck',
    'Granite State Movers',
    'Paul',
    'Renner',
    'paul@granitemovers.example',
    'Phone',
    'Warm',
    '2026-03-25',
  ],
]

const CAMPAIGNS = [
  ['Spring fair', '2026-03-02', '2026-03-27', 'Stand, invitations and a call afterwards'],
  ['TimeCheck launch', '2026-04-06', '2026-05-15', 'A newsletter to all customers'],
] as const

export const leads = records(
  'Lead',
  LEADS,
  ([description, company, firstName, lastName, email, source, rating, opened]) => ({
    at: `${opened}T11:00:00Z`,
    lead_description: description,
    Lead_CompanyName: company,
    lead_personfirstname: firstName,
    lead_personlastname: lastName,
    Lead_PersonEmail: email,
    Lead_Source: source,
    Lead_Rating: rating,
  }),
)

export const campaigns = records('Campaigns', CAMPAIGNS, ([name, start, end, details]) => ({
  Camp_Name: name,
  Camp_StartDate: start,
  Camp_EndDate: end,
  Camp_Details: details,
}))

import { type DemoFields, named, records } from './record.ts'

type Communication = readonly [
  subject: string,
  type: string,
  action: string,
  status: string,
  at: string,
  company: string,
  person: string,
  about: DemoFields,
]

const COMMUNICATIONS: readonly Communication[] = [
  [
    'Call about the offer',
    'Task',
    'PhoneOut',
    'Complete',
    '2026-01-21T14:00:00Z',
    'Gatecom Inc.',
    'William Agnew',
    { Comm_OpportunityId: named('Opportunity', 'Branch network') },
  ],
  [
    'Visit to look at the racks',
    'Appointment',
    'Meeting',
    'Pending',
    '2026-04-08T09:00:00Z',
    'Gatecom Inc.',
    'William Agnew',
    { Comm_OpportunityId: named('Opportunity', 'Branch network') },
  ],
  [
    'Nightly restarts: log files',
    'Email',
    'EmailIn',
    'Complete',
    '2026-02-02T17:12:00Z',
    'Gatecom Inc.',
    'William Agnew',
    { Comm_CaseId: named('Cases', 'Router restarts every night') },
  ],
  [
    'Send the contract',
    'Task',
    'ToDo',
    'InProgress',
    '2026-03-30T08:00:00Z',
    'Bluebell Foods',
    'Siobhan Dempsey',
    { Comm_OpportunityId: named('Opportunity', 'ExpenseCheck for 200') },
  ],
  [
    'Replacement switch sent',
    'Letter',
    'LetterOut',
    'Complete',
    '2026-02-27T10:00:00Z',
    'Pinewood Clinics',
    'Samuel Price',
    { Comm_CaseId: named('Cases', 'Port 7 is dead') },
  ],
  [
    'Termin Leitstand',
    'Appointment',
    'Meeting',
    'Pending',
    '2026-04-14T07:30:00Z',
    'Nordwind Energie GmbH',
    'Jürgen Köhler',
    { Comm_OpportunityId: named('Opportunity', 'Windpark Leitstand') },
  ],
]

const DOCUMENTS = [
  ['offer-branch-network.pdf', 48_213, 'Gatecom Inc.'],
  ['contract-expensecheck.docx', 91_470, 'Bluebell Foods'],
  ['angebot-leitstand.pdf', 120_900, 'Nordwind Energie GmbH'],
] as const

const PROJECTS = [
  ['Branch roll-out', 'Gatecom Inc.', 'William Agnew', 'Branch network', 'Planned', ['Strategic']],
  [
    'ExpenseCheck introduction',
    'Bluebell Foods',
    'Siobhan Dempsey',
    'ExpenseCheck for 200',
    'Running',
    ['Training', 'Strategic'],
  ],
  ['Clinic refit', 'Pinewood Clinics', 'Samuel Price', 'Clinic switches', 'Finished', []],
] as const

/** Sage CRM's table id of companies. */
const COMPANY = 5

const NOTES = [
  ['Gatecom Inc.', 'Main focus: modem manufacturing and sales.'],
  ['Bluebell Foods', 'Invoices go to the finance director, never to the plant.'],
  ['Nordwind Energie GmbH', 'Bitte nur auf Deutsch schreiben.'],
  ['Summit Outdoor Gear', 'Buys from the web shop; the season begins in April.'],
] as const

export const communications = records(
  'Communication',
  COMMUNICATIONS,
  ([subject, type, action, status, at, , , about]) => ({
    at,
    Comm_Subject: subject,
    Comm_Type: type,
    Comm_Action: action,
    Comm_Status: status,
    Comm_DateTime: at,
    ...about,
  }),
)

export const commLinks = records('Comm_Link', COMMUNICATIONS, ([subject, , , , at, company, person]) => ({
  at,
  CmLi_Comm_CommunicationId: named('Communication', subject),
  CmLi_Comm_CompanyId: named('Company', company),
  CmLi_Comm_PersonId: named('Person', person),
  CmLi_Comm_UserId: named('Users', 'Moira Gordon'),
}))

export const library = records('Library', DOCUMENTS, ([fileName, size, company]) => ({
  Libr_FileName: fileName,
  Libr_FilePath: company.replaceAll(/[^A-Za-z]/g, ''),
  Libr_FileSize: size,
  Libr_CompanyId: named('Company', company),
}))

export const projects = records(
  'Project',
  PROJECTS,
  ([name, company, person, opportunity, status, tags]) => ({
    proj_Name: name,
    proj_CompanyId: named('Company', company),
    proj_PersonId: named('Person', person),
    proj_OpportunityId: named('Opportunity', opportunity),
    proj_UserId: named('Users', 'Rita Mendes'),
    proj_Status: status,
    proj_Tags: tags,
  }),
)

export const notes = records('Notes', NOTES, ([company, note]) => ({
  Note_ForeignTableId: COMPANY,
  Note_ForeignId: named('Company', company),
  Note_Note: note,
}))

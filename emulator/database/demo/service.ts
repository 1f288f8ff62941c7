import { named, records } from './record.ts'

type Case = readonly [
  description: string,
  company: string,
  person: string,
  source: string,
  stage: string,
  priority: string,
  opened: string,
  solution?: string,
]

const CASES: readonly Case[] = [
  [
    'Router restarts every night',
    'Gatecom Inc.',
    'William Agnew',
    'Phone',
    'Investigating',
    'High',
    '2026-02-02',
  ],
  [
    'How to add an approver',
    'Bluebell Foods',
    'Conor Lacey',
    'Email',
    'Solved',
    'Normal',
    '2026-02-04',
    'Shown by phone',
  ],
  [
    'Port 7 is dead',
    'Pinewood Clinics',
    'Samuel Price',
    'Web',
    'Solved',
    'High',
    '2026-02-26',
    'Switch replaced',
  ],
  [
    'Invoice names the wrong address',
    "O'Brien & Sons",
    "Michael O'Brien",
    'Email',
    'Logged',
    'Low',
    '2026-03-16',
  ],
  ['Lizenzschlüssel fehlt', 'Nordwind Energie GmbH', 'Anke Weiß', 'Email', 'Waiting', 'Normal', '2026-03-18'],
  [
    'Cables of the wrong length',
    'Magnetic Software Ltd',
    'Dev Raman',
    'Phone',
    'Queued',
    'Normal',
    '2026-03-19',
  ],
  [
    'Pantalla en blanco al entrar',
    'Castilla Seguros',
    'Lucía Íñiguez',
    'Web',
    'Confirmed',
    'High',
    '2026-03-23',
  ],
  ['Training date moved', 'Galileo Learning', 'Aoife Brennan', 'Phone', 'Logged', 'Low', '2026-03-24'],
]

export const cases = records(
  'Cases',
  CASES,
  ([description, company, person, source, stage, priority, opened, solution]) => ({
    at: `${opened}T08:30:00Z`,
    Case_Description: description,
    Case_PrimaryCompanyId: named('Company', company),
    Case_PrimaryPersonId: named('Person', person),
    Case_AssignedUserId: named('Users', 'Tomas Svoboda'),
    Case_ChannelId: 3,
    Case_Source: source,
    Case_Stage: stage,
    Case_Priority: priority,
    ...(solution !== undefined && {
      Case_Status: 'Closed',
      Case_Closed: `${opened}T16:00:00Z`,
      Case_SolutionNote: solution,
    }),
  }),
)

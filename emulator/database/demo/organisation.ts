import { records } from './record.ts'

/** Ids as they are seen in live installations: large and negative. */
export const TERRITORIES = { Worldwide: -2147483640, Europe: -2130706423, Americas: -2113929206 } as const
export type Territory = keyof typeof TERRITORIES

type User = readonly [
  logon: string,
  firstName: string,
  lastName: string,
  title: string,
  department: string,
  channel: number,
  territory: Territory,
]

const CHANNELS = ['Direct Sales', 'Partner Sales', 'Customer Service', 'Marketing', 'Operations']

/** People of the company that uses the CRM; none of them can log on. */
const USERS: readonly User[] = [
  ['mgordon', 'Moira', 'Gordon', 'Sales Director', 'Sales', 1, 'Worldwide'],
  ['pkeane', 'Padraig', 'Keane', 'Account Manager', 'Sales', 1, 'Europe'],
  ['lhuang', 'Lily', 'Huang', 'Account Manager', 'Sales', 2, 'Americas'],
  ['tsvoboda', 'Tomas', 'Svoboda', 'Support Engineer', 'Service', 3, 'Europe'],
  ['rmendes', 'Rita', 'Mendes', 'Marketing Manager', 'Marketing', 4, 'Worldwide'],
]

export const territories = records('Territories', Object.entries(TERRITORIES), ([caption, id]) => ({
  id,
  Terr_Caption: caption,
  Terr_ParentID: caption === 'Worldwide' ? null : TERRITORIES.Worldwide,
}))

export const channels = records('Channel', CHANNELS, (description) => ({ Chan_Description: description }))

export const users = records(
  'Users',
  USERS,
  ([logon, first, last, title, department, channel, territory]) => ({
    User_Logon: logon,
    User_FirstName: first,
    User_LastName: last,
    User_Title: title,
    User_Department: department,
    User_EmailAddress: `${logon}@panoply.example`,
    User_PrimaryChannelId: channel,
    User_PrimaryTerritory: TERRITORIES[territory],
  }),
)

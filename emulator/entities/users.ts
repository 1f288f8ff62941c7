import { flag, id, integer, string, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

export const users: EntityDefinition = {
  name: 'Users',
  tableId: 17,
  prefix: 'User',
  idColumn: 'User_UserId',
  title: ['User_FirstName', 'User_LastName'],
  readOnly: true,
  columns: [
    id('User_UserId'),
    string('User_Logon', 40, { mandatory: true, indexed: true }),
    string('User_FirstName', 30),
    string('User_LastName', 40, { mandatory: true }),
    string('User_EmailAddress', 255),
    string('User_Department', 30),
    string('User_Title', 50),
    integer('User_PrimaryTerritory'),
    integer('User_PrimaryChannelId'),
    flag('User_Disabled'),
    ...systemColumns('User'),
  ],
}

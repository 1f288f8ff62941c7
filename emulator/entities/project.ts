import { choice, choices, datetime, id, integer, reference, string, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

/** A custom entity, as an administrator makes one; the columns are those of Sage's own example. */
export const project: EntityDefinition = {
  name: 'Project',
  tableId: 10240,
  prefix: 'proj',
  idColumn: 'proj_ProjectID',
  title: ['proj_Name'],
  columns: [
    id('proj_ProjectID'),
    reference('proj_CompanyId', 'Company', { indexed: true }),
    reference('proj_PersonId', 'Person'),
    reference('proj_OpportunityId', 'Opportunity'),
    reference('proj_UserId', 'Users'),
    integer('proj_ChannelId', { caption: 'Team' }),
    string('proj_Name', 60, { mandatory: true }),
    choice('proj_Status', 40, 'proj_Status'),
    choices('proj_Tags', 255, 'proj_Tags'),
    datetime('proj_Deadline'),
    ...systemColumns('proj'),
  ],
}

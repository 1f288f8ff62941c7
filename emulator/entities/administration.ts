import { choice, datetime, flag, id, integer, reference, string, systemColumns, text } from './column.ts'
import type { EntityDefinition } from './entity.ts'

export const territories: EntityDefinition = {
  name: 'Territories',
  tableId: 30,
  prefix: 'Terr',
  idColumn: 'Terr_TerritoryID',
  title: ['Terr_Caption'],
  readOnly: true,
  columns: [
    id('Terr_TerritoryID'),
    string('Terr_Caption', 60, { mandatory: true }),
    integer('Terr_ParentID', { caption: 'Parent' }),
    ...systemColumns('Terr'),
  ],
}

/** A team. */
export const channel: EntityDefinition = {
  name: 'Channel',
  tableId: 31,
  prefix: 'Chan',
  idColumn: 'Chan_ChannelId',
  title: ['Chan_Description'],
  readOnly: true,
  columns: [
    id('Chan_ChannelId'),
    string('Chan_Description', 60, { mandatory: true }),
    ...systemColumns('Chan'),
  ],
}

/** Documents; the files themselves are not served. */
export const library: EntityDefinition = {
  name: 'Library',
  tableId: 32,
  prefix: 'Libr',
  idColumn: 'Libr_LibraryId',
  title: ['Libr_FileName'],
  columns: [
    id('Libr_LibraryId'),
    reference('Libr_CompanyId', 'Company', { indexed: true }),
    reference('Libr_PersonId', 'Person', { indexed: true }),
    reference('Libr_OpportunityId', 'Opportunity'),
    reference('Libr_CaseId', 'Cases', { indexed: true }),
    reference('Libr_CommunicationId', 'Communication'),
    choice('Libr_Type', 40, 'Libr_Type'),
    choice('Libr_Category', 40, 'Libr_Category'),
    choice('Libr_Status', 40, 'Libr_Status'),
    string('Libr_FilePath', 255),
    string('Libr_FileName', 255),
    integer('Libr_FileSize'),
    text('Libr_Note', { caption: 'Description' }),
    flag('Libr_Global'),
    ...systemColumns('Libr'),
  ],
}

export const campaigns: EntityDefinition = {
  name: 'Campaigns',
  tableId: 33,
  prefix: 'Camp',
  idColumn: 'Camp_CampaignId',
  title: ['Camp_Name'],
  columns: [
    id('Camp_CampaignId'),
    string('Camp_Name', 60, { mandatory: true }),
    choice('Camp_Type', 40, 'Camp_Type'),
    choice('Camp_Status', 40, 'Camp_Status'),
    datetime('Camp_StartDate', { caption: 'Start' }),
    datetime('Camp_EndDate', { caption: 'End' }),
    text('Camp_Details'),
    ...systemColumns('Camp'),
  ],
}

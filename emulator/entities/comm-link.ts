import { choice, id, integer, reference, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

/** Whom a communication concerns. */
export const commLink: EntityDefinition = {
  name: 'Comm_Link',
  tableId: 7,
  prefix: 'CmLi',
  idColumn: 'CmLi_CommLinkId',
  title: ['CmLi_Comm_CommunicationId'],
  firstId: 3501,
  columns: [
    id('CmLi_CommLinkId'),
    reference('CmLi_Comm_CommunicationId', 'Communication', { mandatory: true, indexed: true }),
    reference('CmLi_Comm_CompanyId', 'Company', { indexed: true }),
    reference('CmLi_Comm_PersonId', 'Person', { indexed: true }),
    reference('CmLi_Comm_UserId', 'Users', { indexed: true }),
    reference('CmLi_Comm_LeadID', 'Lead'),
    integer('CmLi_Comm_AccountId'),
    reference('CmLi_Comm_QuoteId', 'Quotes'),
    reference('CmLi_Comm_OrderId', 'Orders'),
    choice('cmli_status', 40, 'Comm_Status'),
    ...systemColumns('CmLi'),
  ],
}

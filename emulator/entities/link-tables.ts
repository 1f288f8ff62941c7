import { choice, flag, id, integer, reference, systemColumns } from './column.ts'
import type { Column, EntityDefinition } from './entity.ts'

/** Ours: Sage CRM tells the default one by the owner's primary column or by its type. */
function isDefault(prefix: string): Column {
  return flag(`${prefix}_IsDefault`, { hidden: true, readOnly: true })
}

/** Which company or person an address is of. */
export const addressLink: EntityDefinition = {
  name: 'Address_Link',
  tableId: 2,
  prefix: 'AdLi',
  idColumn: 'AdLi_AddressLinkId',
  title: ['AdLi_Type'],
  columns: [
    id('AdLi_AddressLinkId'),
    reference('AdLi_AddressId', 'Address', { mandatory: true, indexed: true }),
    reference('AdLi_CompanyID', 'Company', { indexed: true }),
    reference('AdLi_PersonID', 'Person', { indexed: true }),
    integer('AdLi_AccountID'),
    choice('AdLi_Type', 40, 'AdLi_Type'),
    isDefault('AdLi'),
    ...systemColumns('AdLi'),
  ],
}

/** Which company a person is of. */
export const personLink: EntityDefinition = {
  name: 'Person_Link',
  tableId: 11,
  prefix: 'PeLi',
  idColumn: 'PeLi_PersonLinkId',
  title: ['PeLi_Type'],
  columns: [
    id('PeLi_PersonLinkId'),
    reference('PeLi_PersonId', 'Person', { mandatory: true, indexed: true }),
    reference('PeLi_CompanyId', 'Company', { indexed: true }),
    choice('PeLi_Type', 40, 'PeLi_Type'),
    isDefault('PeLi'),
    ...systemColumns('PeLi'),
  ],
}

/** `…_EntityID` is the table id of the owner, 5 or 13, and `…_RecordID` the owner's own id. */
function contactLink(name: string, tableId: number, prefix: string, target: string): EntityDefinition {
  return {
    name,
    tableId,
    prefix,
    idColumn: `${prefix}_LinkID`,
    title: [`${prefix}_Type`],
    columns: [
      id(`${prefix}_LinkID`),
      integer(`${prefix}_EntityID`, { mandatory: true }),
      integer(`${prefix}_RecordID`, { mandatory: true, indexed: true }),
      choice(`${prefix}_Type`, 40, `${prefix}_Type`),
      reference(`${prefix}_${target}Id`, target, { mandatory: true, indexed: true }),
      isDefault(prefix),
      ...systemColumns(prefix),
    ],
  }
}

export const phoneLink = contactLink('PhoneLink', 15, 'PLink', 'Phone')
export const emailLink = contactLink('EmailLink', 9, 'ELink', 'Email')

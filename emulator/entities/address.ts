import { choice, id, string, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

export const address: EntityDefinition = {
  name: 'Address',
  tableId: 1,
  prefix: 'Addr',
  idColumn: 'Addr_AddressId',
  title: ['addr_address1', 'Addr_City'],
  firstId: 301,
  columns: [
    id('Addr_AddressId'),
    string('addr_address1', 40, { caption: 'Address 1' }),
    string('addr_address2', 40, { caption: 'Address 2' }),
    string('addr_address3', 40, { caption: 'Address 3' }),
    string('addr_address4', 40, { caption: 'Address 4' }),
    string('addr_address5', 40, { caption: 'Address 5' }),
    string('Addr_City', 30),
    string('Addr_State', 30),
    choice('Addr_Country', 30, 'addr_country'),
    string('Addr_PostCode', 10, { caption: 'Zip Code' }),
    ...systemColumns('Addr'),
  ],
}

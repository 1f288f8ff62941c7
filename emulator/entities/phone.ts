import { id, string, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

export const phone: EntityDefinition = {
  name: 'Phone',
  tableId: 14,
  prefix: 'Phon',
  idColumn: 'Phon_PhoneId',
  title: ['Phon_CountryCode', 'Phon_AreaCode', 'Phon_Number'],
  firstId: 501,
  columns: [
    id('Phon_PhoneId'),
    string('Phon_CountryCode', 5),
    string('Phon_AreaCode', 20),
    string('Phon_Number', 20, { indexed: true, caption: 'Phone number' }),
    ...systemColumns('Phon'),
  ],
}

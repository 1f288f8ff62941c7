import { id, string, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

export const email: EntityDefinition = {
  name: 'Email',
  tableId: 8,
  prefix: 'Emai',
  idColumn: 'Emai_EmailId',
  title: ['Emai_EmailAddress'],
  firstId: 701,
  columns: [
    id('Emai_EmailId'),
    string('Emai_EmailAddress', 255, { indexed: true, caption: 'E-mail address' }),
    ...systemColumns('Emai'),
  ],
}

import { id, integer, string, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

export const customCaptions: EntityDefinition = {
  name: 'Custom_Captions',
  tableId: 22,
  prefix: 'Capt',
  idColumn: 'Capt_CaptionId',
  title: ['Capt_US'],
  columns: [
    id('Capt_CaptionId'),
    string('Capt_FamilyType', 12, { default: 'Choices' }),
    string('Capt_Family', 60, { mandatory: true, indexed: true }),
    string('Capt_Code', 80, { mandatory: true }),
    string('Capt_US', 255, { mandatory: true }),
    string('Capt_UK', 255),
    string('Capt_FR', 255),
    string('Capt_DE', 255),
    string('Capt_ES', 255),
    integer('Capt_Order'),
    ...systemColumns('Capt'),
  ],
}

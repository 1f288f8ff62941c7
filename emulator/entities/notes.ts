import { id, integer, systemColumns, text } from './column.ts'
import type { EntityDefinition } from './entity.ts'

export const notes: EntityDefinition = {
  name: 'Notes',
  tableId: 19,
  prefix: 'Note',
  idColumn: 'Note_NoteId',
  title: ['Note_Note'],
  firstId: 2001,
  columns: [
    id('Note_NoteId'),
    integer('Note_ForeignTableId'),
    integer('Note_ForeignId', { indexed: true }),
    text('Note_Note'),
    ...systemColumns('Note'),
  ],
}

export { isLeftToPeople, unwanted } from './people.ts'
export { linesToRemove } from './remove-lines.ts'
export { checkTotals } from './settle.ts'
export { withTotals } from './written-totals.ts'

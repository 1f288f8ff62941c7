import Table from 'cli-table3'
import { checkSamples } from '../support/samples.ts'

/** `npm run check:samples [-- --update]`: what becomes of every sample of every source. */
const rows = await checkSamples(process.argv.includes('--update'))
const table = new Table({ head: ['source', 'sample', 'became', 'what', 'problems'] })
for (const { source, file, became, summary, problems } of rows) {
  table.push([source, file, became, summary.slice(0, 60), problems.join('; ')])
}
console.log(table.toString())
const failed = rows.filter(({ problems }) => problems.length > 0)
console.log(`${rows.length} samples, ${failed.length} with problems`)
if (failed.length > 0) process.exitCode = 1

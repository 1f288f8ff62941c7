import { Installation } from '../../local/installation.ts'
import { walk } from './walk.ts'

const installation = await Installation.create()
try {
  await walk(installation, (line) => console.log(`✓ ${line}`))
} catch (error) {
  console.error(error)
  console.error(installation.output.slice(-4_000))
  process.exitCode = 1
} finally {
  await installation.remove()
}

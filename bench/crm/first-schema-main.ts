import { schemasOf } from '../../lib/crm/prototypes/schema.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { CASE } from './case.ts'

/** From an entity's name to its first checked record in a process whose modules are loaded, and that is all it does. */
const startedAt = performance.now()
schemasOf(await loadEntity('Cases')).create.parse(CASE)
process.once('disconnect', () => process.exit(0))
process.send?.({ ms: performance.now() - startedAt })

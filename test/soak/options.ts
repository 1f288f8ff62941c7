import { parseArgs } from 'node:util'
import * as z from 'zod'

const WholeNumber = z.coerce.number().int().min(1)

const Options = z.object({
  /** Different events, of forms and of orders; a fifth of them is sent twice. */
  events: WholeNumber,
  workers: WholeNumber.max(16),
  /** SIGKILLs of workers; the run goes on until there were that many. */
  kills: WholeNumber,
  secondsBetweenKills: z.coerce.number().positive(),
  ledger: z.enum(['sqlite', 'dynamodb']),
  /** Deliveries under way at the same time. */
  senders: WholeNumber,
  /** Deliveries begun in a second; 0: as many as are answered. */
  rate: z.coerce.number().min(0),
  seed: z.coerce.number().int(),
})
export type Options = z.infer<typeof Options>

/** @throws Error naming each wrong option and its rule */
export function readOptions(args: readonly string[], seed: number): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '50000' },
      workers: { type: 'string', default: '3' },
      kills: { type: 'string', default: '50' },
      'seconds-between-kills': { type: 'string', default: '8' },
      ledger: { type: 'string', default: 'sqlite' },
      senders: { type: 'string', default: '16' },
      rate: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(seed) },
    },
  })
  const { 'seconds-between-kills': secondsBetweenKills, ...others } = values
  const read = Options.safeParse({ ...others, secondsBetweenKills })
  if (read.success) return read.data
  const names: Readonly<Record<string, string>> = { secondsBetweenKills: 'seconds-between-kills' }
  const rules = read.error.issues.map(({ path: [name], message }) => {
    return `--${names[String(name)] ?? String(name)}: ${message}`
  })
  throw new Error(rules.join('; '))
}

import { createInterface } from 'node:readline/promises'
import { eraseTraces, findTraces, type Traces } from '../../lib/delivery/forget.ts'
import { forgetNaturalKey } from '../../lib/delivery/natural-keys.ts'
import { isEmailAddress, normalizeKey } from '../../lib/values/text.ts'
import { type OpenLedger, withLedger, withPlace } from '../open-ledger.ts'
import { printJson } from './print.ts'
import { progress } from './progress.ts'
import type { Common, Word } from './word.ts'

type Options = Common & { readonly yes: boolean }

/** `events forget`: a person's data leaves the ledger. The CRM is not touched. */
export const forgetWord: Word = (events, environment) => {
  withPlace(events.command('forget <e-mail>'))
    .description(
      "erase a person's data from the ledger: payloads and messages with this address; not from the CRM",
    )
    .option('--yes', 'do not ask', false)
    .option('--json', 'for programs', false)
    .action((email: string, options: Options) =>
      withLedger(options, environment, (opened) => forget(email, options, opened)),
    )
}

async function forget(email: string, { yes, json }: Options, opened: OpenLedger): Promise<void> {
  const { ledger } = opened
  if (!isEmailAddress(email)) throw new Error(`"${email}" is not an e-mail address`)
  const key = await opened.key()
  if (key === undefined) throw new Error('set LEDGER_KEY: without it the address itself cannot be found')
  const reading = progress('reading the ledger:')
  const traces = await findTraces(ledger, email, reading.tick).finally(reading.stop)
  if (!yes && !(await isConfirmed(describe(traces)))) throw new Error('nothing was erased')
  const erasing = progress('erasing', traces.payloads.size)
  await eraseTraces(ledger, traces, erasing.tick).finally(erasing.stop)
  const knownPerson = await forgetNaturalKey(ledger.store, key, `person:${normalizeKey(email)}`)
  if (json) printJson({ payloads: traces.payloads.size, reasons: traces.reasons.size, knownPerson })
  else console.log(`erased: ${describe(traces)}${knownPerson ? ', and who the address belongs to' : ''}`)
}

function describe({ payloads, reasons }: Traces): string {
  const deliveries = payloads.size === 1 ? 'delivery' : 'deliveries'
  return `the payloads of ${payloads.size} ${deliveries}, messages of ${reasons.size}`
}

async function isConfirmed(what: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error(`this would erase ${what}; say --yes`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`Erase ${what}? This cannot be undone. [y/N] `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

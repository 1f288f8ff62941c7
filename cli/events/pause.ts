import integration from '../../integration.config.ts'
import { AUTOMATIONS } from '../../lib/config/automations.ts'
import { instanceOf } from '../../lib/delivery/automation/instance.ts'
import type { Gate, GateState } from '../../lib/delivery/gate.ts'
import { withLedger, withPlace } from '../open-ledger.ts'
import { gateOf } from './gate.ts'
import { printJson } from './print.ts'
import type { Common, Word } from './word.ts'

type Options = Common & { readonly source?: string }

/** `events pause`: deliveries are stored and answered, and nothing is written to the CRM. */
export const pauseWord: Word = gateWord('pause', {
  description: 'store and answer deliveries, but write nothing to the CRM',
  change: async (gate, source) => {
    requireKnown(source)
    await gate.pause(source)
  },
  done: (what) => `${what} is paused: deliveries are stored and answered, nothing is written to the CRM`,
})

/** `events resume`: ends a pause, and the lock after a refused password. */
export const resumeWord: Word = gateWord('resume', {
  description: 'end a pause; without --source every pause, and the lock after a refused password',
  change: (gate, source) => gate.resume(source),
  done: (what, { paused }) =>
    paused.all
      ? `everything is still paused, ${what} too: events resume without --source`
      : `${what} is resumed: what waited is delivered within the next minutes`,
})

type GateWord = {
  readonly description: string
  readonly change: (gate: Gate, source: string | undefined) => Promise<void>
  readonly done: (what: string, gate: GateState) => string
}

function gateWord(name: string, { description, change, done }: GateWord): Word {
  return (events, environment) => {
    withPlace(events.command(name))
      .description(description)
      .option(
        '--source <name>',
        'only what comes in by this configured source, or what automation.<name> does',
      )
      .option('--json', 'for programs', false)
      .action(async (options: Options) => {
        const { source, json } = options
        const gate = await withLedger(options, environment, async ({ ledger }) => {
          await change(gateOf(ledger.store), source)
          return gateOf(ledger.store).state()
        })
        if (json) printJson(gate)
        else console.log(done(source ?? 'everything', gate))
      })
  }
}

/** A pause of a mistyped name would be believed and have no effect. */
function requireKnown(source: string | undefined): void {
  const known = [...Object.keys(integration.sources), ...Object.keys(AUTOMATIONS).map(instanceOf)]
  if (source !== undefined && !known.includes(source))
    throw new Error(`no source is configured under the name "${source}"; there is ${known.join(', ')}`)
}

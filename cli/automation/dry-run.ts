import type { ConfiguredAutomation } from '../../lib/automations/index.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import { type Preview, previewRun } from '../../lib/delivery/automation/preview.ts'
import type { Ledger } from '../../lib/delivery/ledger.ts'
import type { AutomationOptions } from '../automation.ts'
import { printJson, printTable } from '../events/print.ts'
import { crmAtHand } from '../instance.ts'
import { hasLedger, withLedger } from '../open-ledger.ts'
import { prototypesAtHand } from '../prototypes-at-hand.ts'

/** Prints what a run would do, with nothing written anywhere. Without a ledger every record looks like the first time. */
export async function dryRun(
  automation: ConfiguredAutomation,
  options: AutomationOptions,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (!hasLedger(options, environment)) return preview(automation, options, environment)
  await withLedger(options, environment, ({ ledger }) => preview(automation, options, environment, ledger))
}

async function preview(
  automation: ConfiguredAutomation,
  options: AutomationOptions,
  environment: NodeJS.ProcessEnv,
  ledger?: Ledger,
): Promise<void> {
  const access = await crmAtHand(options, environment)
  const entities = prototypesAtHand(options, environment)
  const crm = createCrmClient({ ...access, entities })
  const asked = { crm, entities, ...(ledger !== undefined && { ledger }) }
  let [changes, skipped] = [0, 0]
  try {
    for await (const one of previewRun(automation, options.now ?? Date.now(), asked)) {
      if (one.skipped === undefined) changes += 1
      else skipped += 1
      print(one, options.json)
      if (changes === options.limit) break
    }
  } finally {
    crm.close()
  }
  if (!options.json)
    console.log(`${changes} would be changed, ${skipped} were done with before; nothing was written`)
}

function print(one: Preview, asJson: boolean): void {
  if (asJson) {
    printJson(one)
    return
  }
  const { resource, id, level, skipped, differences } = one
  console.log(`${resource}('${id}') ${level}${skipped === undefined ? '' : `: ${skipped}`}`)
  if (skipped !== undefined) return
  printTable(
    ['what', 'is', 'becomes'],
    differences.map(({ what, from, to }) => [what, from, to]),
  )
}

import integration from '../../integration.config.ts'
import { automationOf } from '../../lib/automations/index.ts'
import { AUTOMATIONS } from '../../lib/config/automations.ts'
import { type AutomationRecord, loadAutomation } from '../../lib/delivery/automation/run-record.ts'
import { nextWindow } from '../../lib/delivery/automation/windows.ts'
import type { AutomationOptions } from '../automation.ts'
import { iso, printJson, printTable } from '../events/print.ts'
import { hasLedger, withLedger } from '../open-ledger.ts'

type Line = {
  readonly name: string
  readonly schedule?: string
  readonly timeZone?: string
  readonly next?: string
  readonly known?: AutomationRecord | undefined
}

/** Every automation there is: off, or when it runs next and what its latest run came to. */
export async function listAutomations(
  options: AutomationOptions,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const lines = hasLedger(options, environment)
    ? await withLedger(options, environment, ({ ledger }) =>
        Promise.all(names().map(async (name) => lineOf(name, await loadAutomation(ledger.store, name)))),
      )
    : names().map((name) => lineOf(name, undefined))
  if (options.json) for (const line of lines) printJson(line)
  else
    printTable(
      ['automation', 'schedule', 'next', 'latest'],
      lines.map(({ name, schedule = 'off', next = '', known }) => [name, schedule, next, latestOf(known)]),
    )
}

function names(): string[] {
  return Object.keys(AUTOMATIONS)
}

function lineOf(name: string, known: AutomationRecord | undefined): Line {
  const automation = automationOf(name, integration)
  if (automation === undefined) return { name, known }
  const { schedule, timeZone } = automation
  const next = nextWindow(automation, Date.now())
  return { name, schedule, timeZone, ...(next !== undefined && { next: iso(next) }), known }
}

function latestOf(known: AutomationRecord | undefined): string {
  if (known?.run !== undefined) return `under way since ${iso(known.run.began)}`
  if (known?.finished === undefined) return ''
  const { at, report, stopped } = known.finished
  return stopped === undefined ? `${iso(at)}: ${report.changed} changed` : `${iso(at)}: stopped: ${stopped}`
}

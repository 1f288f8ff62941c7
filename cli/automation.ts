import type { Command } from 'commander'
import integration from '../integration.config.ts'
import { automationOf, type ConfiguredAutomation, isAutomationName } from '../lib/automations/index.ts'
import { dryRun } from './automation/dry-run.ts'
import { listAutomations } from './automation/list.ts'
import { runNow } from './automation/run-now.ts'
import { countOf, instantOf } from './events/word.ts'
import { type LedgerPlace, withPlace } from './open-ledger.ts'

export type AutomationOptions = LedgerPlace & {
  readonly crm?: string
  readonly dryRun: boolean
  readonly now?: number
  readonly limit?: number
  readonly json: boolean
}

/** `npm run cli -- automation [name]` */
export function automationCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  withPlace(program.command('automation [name]'))
    .description('run an automation now; without a name: which there are, and when they run')
    .option('--dry-run', 'only print what it would change, record by record', false)
    .option('--now <time>', 'as if it were then: 2026-11-30T09:00:00Z', instantOf)
    .option('--limit <n>', 'no more changes than this', countOf)
    .option('--crm <url>', 'another address than CRM_URL')
    .option('--json', 'for programs', false)
    .action(async (name: string | undefined, options: AutomationOptions) => {
      if (name === undefined) await listAutomations(options, environment)
      else if (options.dryRun) await dryRun(configured(name), options, environment)
      else await runNow(configured(name), options, environment)
    })
}

function configured(name: string): ConfiguredAutomation {
  const found = automationOf(name, integration)
  if (found !== undefined) return found
  const known = isAutomationName(name) ? 'it is off' : 'there is no such automation'
  throw new Error(`automations.${name}: ${known}; integration.config.ts says which are on and when they run`)
}

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import integration from '../integration.config.ts'
import { createCrmClient } from '../lib/crm/client.ts'
import { Ledger } from '../lib/delivery/ledger.ts'
import { type Change, type Preview, type Previewing, previewEvent } from '../lib/delivery/preview.ts'
import { openSqliteStore } from '../lib/delivery/store/sqlite.ts'
import { planFor } from '../lib/plans/index.ts'
import { readSecret } from '../lib/runtime/env.ts'
import { keyedHash } from '../lib/runtime/keyed-hash.ts'
import { loadSource } from '../lib/sources/index.ts'
import { selected } from './events/selection.ts'
import { instantOf } from './events/word.ts'
import { crmAtHand } from './instance.ts'
import { type LedgerPlace, withLedger, withPlace } from './open-ledger.ts'
import { prototypesAtHand } from './prototypes-at-hand.ts'

type Options = LedgerPlace & {
  readonly crm?: string
  readonly as?: string
  readonly since?: number
  readonly json: boolean
}

/** `npm run preview`: what a delivery would change in the CRM as it is now. Writes nothing. */
export function previewCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  withPlace(program.command('preview [what]'))
    .description(
      'what a payload (a file, with --as) or a recorded delivery (its reference) would change in the CRM; writes nothing',
    )
    .option('--as <instance>', 'the configured source a file stands for')
    .option('--since <time>', 'every delivery received since: a time (UTC), or 30m, 2h, 7d ago', instantOf)
    .option('--crm <url>', 'another address than CRM_URL')
    .option('--json', 'one JSON document a line', false)
    .action((what: string | undefined, options: Options) => run(what, options, environment))
}

async function run(
  what: string | undefined,
  options: Options,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if ((what === undefined) === (options.since === undefined))
    throw new Error('name a file or a reference, or select deliveries with --since')
  if (what !== undefined && options.as !== undefined)
    return previewFile(what, options.as, options, environment)
  await withLedger(options, environment, async ({ ledger, key }) => {
    const pipe = await pipeOf(ledger, (await key()) ?? '', options, environment)
    try {
      for await (const id of idsOf(what, options, ledger)) await show(id, pipe, options)
    } finally {
      pipe.crm.close()
    }
  })
}

async function* idsOf(what: string | undefined, { since }: Options, ledger: Ledger): AsyncIterable<string> {
  if (what !== undefined) yield what
  else
    for await (const { id } of selected(ledger, { ...(since !== undefined && { since }) }, () => undefined))
      yield id
}

/** A file becomes the only delivery of a ledger that is gone afterwards: records are found by their markers. */
async function previewFile(file: string, instance: string, options: Options, environment: NodeJS.ProcessEnv) {
  const store = openSqliteStore({ file: ':memory:', synchronous: 'normal', now: Date.now })
  const ledger = new Ledger(store, integration.retention)
  const pipe = await pipeOf(ledger, 'a ledger of its own', options, environment)
  try {
    await show(await recordFile(file, instance, ledger), pipe, options)
  } finally {
    pipe.crm.close()
    await store.close()
  }
}

/** Signed by us in place of the vendor. */
async function recordFile(file: string, instance: string, ledger: Ledger): Promise<string> {
  const configured = integration.sources[instance]
  if (configured === undefined) throw new Error(`no source is configured under the name "${instance}"`)
  const source = await loadSource(configured.source)
  const body = await readFile(file)
  const secret = 'preview'
  const url = `${integration.publicUrl}/${source.kind}s/${instance}`
  const { options, acceptTests } = configured
  const context = { instance, options, secrets: [secret], token: secret, url, acceptTests }
  const nowMs = Date.now()
  const own = { 'content-type': 'application/json' }
  const signed = source.sign(body, { secret, nowMs, deliveryId: 'preview', url, headers: own, options })
  const request = {
    method: 'POST',
    path: '',
    rawQuery: '',
    headers: { ...own, ...signed },
    body,
    sourceIp: '',
  }
  const verified = await source.verify(request, context, nowMs)
  const { id, subject } = source.identify(verified, context, nowMs)
  const of = subject === undefined ? id : subject
  const event = { id: `${instance}:${id}`, instance, subject: `${instance}:${of}`, verified }
  return (await ledger.record(event, [])).event.record.id
}

async function pipeOf(
  ledger: Ledger,
  key: string,
  options: Options,
  environment: NodeJS.ProcessEnv,
): Promise<Previewing> {
  const access = await crmAtHand(options, environment)
  const entities = prototypesAtHand(options, environment)
  return {
    config: integration,
    ledger,
    crm: createCrmClient({ ...access, entities }),
    entities,
    loadSource,
    secret: async (name) => readSecret(name),
    plan: planFor,
    hash: keyedHash(key),
  }
}

async function show(id: string, pipe: Previewing, { json }: Options): Promise<void> {
  const event = await pipe.ledger.load(id)
  if (event === undefined)
    throw new Error(`no delivery has the reference ${id}, and without --as it is no file`)
  const preview = await previewEvent(event, pipe)
  if (json) console.log(JSON.stringify({ id, ...preview }))
  else console.log([id, ...linesOf(preview)].join('\n'))
}

/** A line for each record and each field: what it would be, or from what to what. */
function linesOf(preview: Preview): string[] {
  if ('outcome' in preview) return [`  nothing: ${preview.outcome.kind}`]
  const unchanged = Object.entries(preview.effects).flatMap(([as, effect]) =>
    ['unchanged', 'adopted', 'kept', 'left', 'removed'].includes(effect) ? [`${as} (${effect})`] : [],
  )
  return [
    ...preview.changes.flatMap(linesOfChange),
    ...(unchanged.length > 0 ? [`  stays: ${unchanged.join(', ')}`] : []),
  ]
}

function linesOfChange({ act, resource, id, fields }: Change): string[] {
  const said = fields.map(({ name, from, to }) => {
    const was = act === 'update' ? `${shown(from)} → ` : ''
    return `      ${name}  ${was}${shown(to)}`
  })
  return [`  ${act} ${resource}${id === undefined ? '' : ` ${id}`}`, ...said]
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  return typeof value === 'string' ? value.replaceAll('\n', '⏎') : JSON.stringify(value)
}

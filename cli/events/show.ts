import integration from '../../integration.config.ts'
import type { BoundRecord } from '../../lib/crm/journal.ts'
import { isAutomation } from '../../lib/delivery/automation/instance.ts'
import { loadSubject } from '../../lib/delivery/claim.ts'
import { readIfThere } from '../../lib/delivery/forget.ts'
import type { KeptReceipt } from '../../lib/delivery/receipts.ts'
import type { EventRecord, SubjectRecord } from '../../lib/delivery/records.ts'
import type { Verified } from '../../lib/sources/source.ts'
import { type OpenLedger, withLedger, withPlace } from '../open-ledger.ts'
import { iso, linkTo, printJson, printTable } from './print.ts'
import type { Common, Word } from './word.ts'

type Options = Common & { readonly payload: boolean }

/** `events show`: the whole life of one delivery. */
export const showWord: Word = (events, environment) => {
  withPlace(events.command('show <reference>'))
    .description('the whole life of one delivery: received, tries, each request to the CRM, records')
    .option('--payload', 'also what was sent, and every correction of it (personal data)', false)
    .option('--json', 'for programs', false)
    .action(async (id: string, options: Options) => {
      const life = await withLedger(options, environment, (opened) => lifeOf(id, options, opened))
      if (options.json) printJson(life)
      else print(life)
    })
}

type Life = Pick<OpenLedger, 'crmUrl'> & {
  readonly event: EventRecord
  readonly verifiedBy: string
  readonly journal: SubjectRecord['journal']
  readonly payloads: readonly (KeptReceipt & { readonly sent?: Verified | undefined })[]
}

async function lifeOf(id: string, { payload }: Options, { ledger, crmUrl }: OpenLedger): Promise<Life> {
  const found = await ledger.load(id)
  if (found === undefined) throw new Error(`no delivery has the reference ${id}`)
  const { record: event } = found
  const subject = await loadSubject(ledger.store, event.subject)
  const receipts = await ledger.receipts.history(id, event.payload)
  const payloads = payload
    ? await Promise.all(receipts.map(async (one) => ({ ...one, sent: await readIfThere(ledger, one) })))
    : receipts
  return { event, verifiedBy: verifiedBy(event), journal: subject?.journal ?? {}, payloads, crmUrl }
}

function verifiedBy({ instance }: EventRecord): string {
  if (isAutomation(instance)) return instance.replace('.', ' ')
  const configured = integration.sources[instance]
  if (configured === undefined) return `${instance}, which is not configured any more`
  const { source, secrets } = configured
  const how = secrets.length === 0 ? 'no secret is configured' : `with the secret ${secrets.join(' or ')}`
  return `${instance} (${source}), ${how}`
}

function print(life: Life): void {
  const { event, verifiedBy: by } = life
  const lines: [string, string | undefined][] = [
    ['reference', event.id],
    ['state', event.state],
    ['received', `${iso(event.receivedAt)} by ${by}`],
    ['subject', event.subject === event.id ? undefined : event.subject],
    ['reason', event.reason && `${event.reason.code}: ${event.reason.message}`],
    ...(event.reason?.issues ?? []).map((issue): [string, string] => ['', issue]),
    ['fingerprint', event.fingerprint],
    ['not before', event.notBefore === undefined ? undefined : iso(event.notBefore)],
    ['redriven', event.redriven && (event.redriven === 'recreate' ? 'yes, removed records anew' : 'yes')],
  ]
  for (const [name, value] of lines) if (value !== undefined) console.log(`${name.padEnd(12)}${value}`)
  printTries(event)
  printRecords(life)
  printPayloads(life)
}

function printTries({ history }: EventRecord): void {
  const rows = history.flatMap(({ at, ms, outcome, code, calls }) => [
    [iso(at), outcome, `${ms} ms`, code ?? ''],
    ...calls.map(({ did, ms: took, result }) => ['', `  ${did}`, `${took} ms`, result]),
  ])
  if (rows.length > 0) printTable(['tried', 'what', 'took', 'result'], rows)
}

/** From the subject's journal: what is bound, and what may be under way. */
function printRecords({ journal, event, crmUrl }: Life): void {
  const effects = event.history.at(-1)?.effects ?? {}
  const rows = Object.entries(journal).map(([step, entry]) => {
    if (entry.state === 'intent') return [step, 'a create nobody knows the outcome of', iso(entry.sendBy), '']
    const record = crmUrl === undefined ? `${entry.resource} ${entry.id}` : linkTo(entry, crmUrl)
    return [step, becomeOf(entry, effects[step]), entry.at === undefined ? '' : iso(entry.at), record]
  })
  if (rows.length > 0) printTable(['step', 'became', 'at', 'record'], rows)
}

/** How the record came to be, and what the latest try did with it. */
function becomeOf({ adopted, removed, why }: BoundRecord, effect = ''): string {
  const found = why === undefined ? 'adopted' : `adopted: ${why}`
  const origin = adopted ? found : 'created'
  if (removed) return `${origin}, removed by people`
  return /^(|created|adopted|unchanged)$/.test(effect) ? origin : `${origin}, ${effect}`
}

function printPayloads({ payloads, event }: Life): void {
  const rows = payloads.map(({ number, edited, fetched, at, isThere, expiresAt }) => [
    number === event.payload ? `${number} (counts)` : String(number),
    whoseOf(edited, fetched),
    at === undefined ? '' : iso(at),
    keptUntil(isThere, expiresAt),
  ])
  if (rows.length > 0) printTable(['payload', 'whose', 'stored', 'kept until'], rows)
  for (const { number, sent } of payloads) {
    if (sent !== undefined) console.log(`payload ${number}: ${JSON.stringify(sent, null, 2)}`)
  }
}

function whoseOf(edited: Life['payloads'][number]['edited'], fetched: boolean | undefined): string {
  if (edited !== undefined) return `corrected by ${edited.by}`
  return fetched ? 'as received, the rest fetched' : 'as received'
}

function keptUntil(isThere: boolean, expiresAt: number | undefined): string {
  if (!isThere) return 'erased'
  return expiresAt === undefined ? 'for good' : iso(expiresAt)
}

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import integration from '../../integration.config.ts'
import { sourceOf } from '../../lib/delivery/instances.ts'
import type { Ledger, StoredEvent } from '../../lib/delivery/ledger.ts'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { loadSource } from '../../lib/sources/index.ts'
import type { Json, Verified } from '../../lib/sources/source.ts'
import { withLedger, withPlace } from '../open-ledger.ts'
import { awaitAll, report, type Waiting } from './redrive.ts'
import { type Common, countOf, type Word } from './word.ts'

type Options = Common & Waiting & { readonly file?: string; readonly by?: string }

/** `events edit`: a corrected payload beside the original, delivered. */
export const editWord: Word = (events, environment) => {
  withPlace(events.command('edit <reference>'))
    .description('correct what was sent, in $EDITOR, and deliver it; the original is kept')
    .option('--file <file>', 'the corrected payload as JSON instead; - for standard input')
    .option('--by <name>', 'who corrects it; the user of this machine otherwise')
    .option('--no-wait', 'do not wait for what comes of it')
    .option('--timeout <seconds>', 'wait no longer than this', countOf, 300)
    .option('--json', 'for programs', false)
    .action((id: string, options: Options) =>
      withLedger(options, environment, async ({ ledger }) => {
        const event = await ledger.load(id)
        if (event === undefined) throw new Error(`no delivery has the reference ${id}`)
        await correct(event, ledger, options, environment)
        report(await awaitAll(ledger, [id], new Map(), options), options)
      }),
    )
}

async function correct(event: StoredEvent, ledger: Ledger, options: Options, environment: NodeJS.ProcessEnv) {
  const { headers, payload } = await ledger.payload(event.record)
  const before = JSON.stringify(payload, null, 2)
  const by = options.by ?? userInfo().username
  const save = async (after: string) => {
    const verified = { headers, payload: parse(after) }
    if (JSON.stringify(verified.payload, null, 2) === before)
      throw new Error('nothing was changed; to deliver it as it is, use redrive')
    await requireSense(event.record.instance, verified)
    await ledger.redrive(await ledger.edit(event, verified, by))
  }
  if (options.file === undefined) return inEditor(before, environment, save)
  return save(await (options.file === '-' ? text(process.stdin) : readFile(options.file, 'utf8')))
}

function parse(after: string): Json {
  try {
    return JSON.parse(after) as Json
  } catch (cause) {
    throw new Error(`the payload is not JSON: ${(cause as Error).message}`, { cause })
  }
}

/** A payload that its source cannot read would only be parked again. */
async function requireSense(instance: string, verified: Verified): Promise<void> {
  const { source, context } = await sourceOf(instance, {
    config: integration,
    secret: async () => [],
    loadSource,
  })
  try {
    source.toEvent(verified, context)
  } catch (error) {
    if (!(error instanceof NotUnderstoodError)) throw error
    throw new Error([`${error.message}; nothing was stored`, ...error.issues].join('\n  '), { cause: error })
  }
}

/** The file is personal data: it is gone when the correction is stored; what cannot be used is kept and named. */
async function inEditor(
  before: string,
  { VISUAL, EDITOR }: NodeJS.ProcessEnv,
  save: (after: string) => Promise<void>,
): Promise<void> {
  const [command = '', ...given] = (VISUAL ?? EDITOR ?? '').split(/\s+/)
  if (command === '') throw new Error('set EDITOR, or give the corrected payload with --file')
  const folder = await mkdtemp(path.join(tmpdir(), 'payload-'))
  const file = path.join(folder, 'payload.json')
  await writeFile(file, `${before}\n`, { mode: 0o600 })
  await run(command, [...given, file])
  try {
    await save(await readFile(file, 'utf8'))
  } catch (error) {
    console.error(`your text is kept in ${file}`)
    throw error
  }
  await rm(folder, { recursive: true })
}

function run(command: string, given: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const editor = spawn(command, given, { stdio: 'inherit' })
    editor.once('error', reject)
    editor.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`)),
    )
  })
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { eventsCommand } from '../../cli/events.ts'
import { Ledger } from '../../lib/delivery/ledger.ts'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'

const FIRST_AT = Date.UTC(2026, 10, 24, 2, 30)
const verified = { headers: {}, payload: { fields: [['email', 'maeve@example.com']], files: [] } }

/** A data folder with one delivery that is done and, a second later, one that is parked; and the command line. */
async function setUp() {
  const folder = await mkdtemp(path.join(tmpdir(), 'events-'))
  let now = FIRST_AT
  const store = openSqliteStore({
    file: path.join(folder, 'ledger.db'),
    synchronous: 'normal',
    now: () => now,
  })
  const ledger = new Ledger(store, { payloadDays: 36_500 })
  const record = async (id: string) =>
    (await ledger.record({ id, instance: 'contact', subject: id, verified }, [])).event
  const attempt = { at: FIRST_AT, ms: 1, outcome: 'x', calls: [] }
  const bindings = { case: { resource: 'Cases', id: '1001', adopted: false } }
  await ledger.finish(await record('contact:done'), { bindings, attempt })
  now += 1_000
  const reason = { code: 'crm-rejected', message: 'a field' }
  await ledger.park(await record('contact:parked'), reason, 'crm-rejected-1', attempt)
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  const events = (...words: string[]) => said([...words, '--data', folder])
  return { ledger, events }
}

async function said(words: readonly string[]): Promise<string> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  eventsCommand(program)
  for (const command of program.commands[0]?.commands ?? [])
    command.exitOverride().copyInheritedSettings(program)
  try {
    await program.parseAsync(['events', ...words], { from: 'user' })
  } finally {
    log.mockRestore()
  }
  return lines.join('\n')
}

describe('npm run events', () => {
  it('status counts every delivery in its state', async () => {
    const { events } = await setUp()
    const text = await events('status')
    expect(text).toMatch(/done +│ 1 /)
    expect(text).toMatch(/parked +│ 1 /)
    expect(text).toContain('recorded 2 = finished 2 + in flight 0')
  })

  it('list names the newest first, with its case or the reason', async () => {
    const { events } = await setUp()
    expect(await events('list')).toMatch(
      /02:30:01Z.*contact:parked.*crm-rejected.*02:30:00Z.*contact:done.*1001/s,
    )
  })

  it('list can be limited to a state and a number', async () => {
    const { events } = await setUp()
    expect(await events('list', '--state', 'done')).not.toContain('contact:parked')
    expect(await events('list', '--limit', '1')).not.toContain('contact:done')
  })

  it.each([
    [['list', '--state', 'lost'], /--state.*received, waiting, done, stale, ignored, parked/],
    [['list', '--limit', 'all'], /--limit.*whole number/],
    [['show', 'contact:unknown'], /no delivery has the reference contact:unknown/],
    [['redrive', 'contact:done'], /contact:done is done; only parked ones are redriven/],
  ])('%j is refused', async (words, rule) => {
    const { events } = await setUp()
    await expect(events(...words)).rejects.toThrow(rule)
  })

  it('show keeps what was sent to itself until it is asked for', async () => {
    const { events } = await setUp()
    const shown = JSON.parse(await events('show', 'contact:parked')) as object
    expect(shown).toMatchObject({ state: 'parked', reason: { code: 'crm-rejected' } })
    expect(JSON.stringify(shown)).not.toContain('maeve')
    const all = JSON.parse(await events('show', 'contact:parked', '--payload')) as object
    expect(all).toMatchObject({ payload: verified })
  })

  it('redrive makes a parked delivery due', async () => {
    const { events, ledger } = await setUp()
    await events('redrive', 'contact:parked')
    expect((await ledger.load('contact:parked'))?.record.state).toBe('waiting')
  })
})

it('a folder without a ledger is named, and so is the remedy', async () => {
  await expect(said(['status', '--data', '/nowhere'])).rejects.toThrow(/\/nowhere.*npm start/)
})

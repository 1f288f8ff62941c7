import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { deliver } from '../../lib/delivery/deliver.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { formRequest, minute } from '../support/pipe.ts'
import { type Operated, runEvents, startOperated } from './events-support.ts'

const FORM = { name: 'Maeve Murphy', email: 'maeve@example.com', message: 'Forty routers, please.' }
const MINUTE_MS = 60_000
const REFUSED = { kind: 'status', status: 400, when: 'before-commit', body: 'empty' }

/** A delivery the CRM refuses: parked. */
async function park({ emulator, submit }: Operated, message: string): Promise<string> {
  await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault: REFUSED })
  const { eventId, outcome } = await submit({ ...FORM, message })
  expect(outcome.kind).toBe('parked')
  return eventId
}

const DONE = { result: 'created' }

describe('events redrive', () => {
  it('delivers what was parked for one cause, each once, and says for each that it was created', async () => {
    const operated = await startOperated()
    const ids: string[] = []
    for (let number = 0; number < 5; number += 1) ids.push(await park(operated, `Message ${number}`))
    const [first] = (await operated.run('list', '--json', '--limit', '1')).json<{ fingerprint: string }>()
    const cause = ['--fingerprint', first?.fingerprint ?? '']
    const redriven = await operated.runWhileDelivering('redrive', ...cause, '--rate', '1000', '--json')
    expect(redriven.json()).toEqual(ids.map(() => expect.objectContaining(DONE)))
    expect(redriven.exitCode).toBe(0)
    expect(await allOf(operated.emulator, 'Cases')).toHaveLength(5)
    expect((await operated.run('redrive', ...cause)).out).toBe('there is nothing to redrive')
  })

  it('says that a record already existed, that people removed it, and makes it anew only when told to', async () => {
    const { emulator, pipe, submit, runWhileDelivering } = await startOperated()
    const { eventId, outcome } = await submit(FORM)
    const redrive = async (...options: string[]) =>
      (await runWhileDelivering('redrive', eventId, '--json', ...options)).json()[0]
    expect(await redrive()).toMatchObject({ result: 'already existed', ok: true })
    const id = outcome.kind === 'done' ? outcome.bindings['case']?.id : undefined
    await pipe.crm.entity('Cases').delete(id ?? '')
    expect(await redrive()).toMatchObject({ result: 'removed by people', ok: true })
    expect(await allOf(emulator, 'Cases')).toEqual([])
    expect(await redrive('--recreate')).toMatchObject(DONE)
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
  })

  it('says that a delivery was parked again, and fails', async () => {
    const operated = await startOperated()
    const id = await park(operated, 'again')
    await breakCrm(operated.emulator, { method: 'POST', resource: 'Cases', fault: REFUSED })
    const { out, exitCode } = await operated.runWhileDelivering('redrive', id)
    expect(out).toMatch(/parked again +│ crm-rejected/)
    expect(out).toContain('1 parked again')
    expect(exitCode).toBe(1)
  })

  it('leaves alone what is not there, or has nothing left to deliver', async () => {
    const { run, pipe, submit } = await startOperated()
    const { eventId } = await submit(FORM)
    await pipe.ledger.receipts.erase(eventId, 0)
    const redriven = await run('redrive', 'contact:nothing', eventId, '--json')
    expect(redriven.json()).toMatchObject([
      { result: 'not redriven', detail: 'no delivery has this reference' },
      { result: 'not redriven', detail: 'its payload is not kept any more' },
    ])
    expect(redriven.exitCode).toBe(1)
    expect((await pipe.ledger.load(eventId))?.record.state).toBe('done')
  })

  it('gives up waiting in time, and need not wait', async () => {
    const operated = await startOperated()
    const id = await park(operated, 'nobody delivers')
    expect((await operated.run('redrive', id, '--no-wait', '--json')).json()).toMatchObject([
      { result: 'due' },
    ])
    const waited = await operated.run('redrive', id, '--timeout', '1', '--json')
    expect(waited.json()).toMatchObject([{ result: 'still waiting', ok: false }])
    expect(waited.exitCode).toBe(1)
  })

  it('wants references or a selection, not both and not neither', async () => {
    const { run } = await startOperated()
    await expect(run('redrive')).rejects.toThrow('name deliveries by their references, or select them')
    await expect(run('redrive', 'a', '--state', 'parked')).rejects.toThrow('or select them')
    await expect(run('redrive', 'a', '--rate', '0')).rejects.toThrow('a number above 0')
  })
})

describe('events edit', () => {
  const corrected = JSON.stringify({
    fields: [
      ['email', 'maeve@example.com'],
      ['message', 'Corrected'],
    ],
    files: [],
  })

  it('delivers a corrected payload and keeps the original beside it, with who corrected it', async () => {
    const operated = await startOperated()
    const { pipe, emulator, folder, run, runWhileDelivering } = operated
    const csv = { ...formRequest({ a: 'a,b' }), headers: { 'content-type': 'text/csv' } }
    const { eventId } = await receive(csv, { kind: 'form', name: 'contact' }, pipe, minute())
    const file = path.join(folder, 'corrected.json')
    await writeFile(file, corrected)
    const edited = await runWhileDelivering('edit', eventId, '--file', file, '--by', 'aoife', '--json')
    expect(edited.json()).toMatchObject([DONE])
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
    const { out } = await run('show', eventId, '--payload')
    expect(out).toMatch(/0 +│ as received/)
    expect(out).toMatch(/1 \(counts\) +│ corrected by aoife/)
    expect(out).toContain('text/csv')
    expect(out).toContain('Corrected')
  })

  it('opens the payload in the editor', async () => {
    const operated = await startOperated()
    const { folder } = operated
    const id = await park(operated, 'Wrong')
    const editor = path.join(folder, 'editor.mjs')
    await writeFile(
      editor,
      `import fs from 'node:fs'
      const file = process.argv.at(-1)
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('Wrong', 'Right'))`,
    )
    const EDITOR = `${process.execPath} ${editor}`
    await runEvents(['edit', id, '--data', folder, '--no-wait', '--by', 'x'], { EDITOR })
    expect(await deliver(id, operated.pipe, minute())).toMatchObject({ kind: 'done' })
    expect(JSON.stringify(await allOf(operated.emulator, 'Cases'))).toContain('Right')
    await expect(runEvents(['edit', id, '--data', folder])).rejects.toThrow('set EDITOR')
  })

  it.each([
    ['{"fields":', 'the payload is not JSON'],
    ['{"fields":[],"files":[]}', 'the form has no filled field; nothing was stored'],
    ['{"rows":[]}', 'nothing was stored'],
  ])('refuses %s', async (text, why) => {
    const operated = await startOperated()
    const id = await park(operated, 'as it was')
    const file = path.join(operated.folder, 'corrected.json')
    await writeFile(file, text)
    await expect(operated.run('edit', id, '--file', file)).rejects.toThrow(why)
    expect((await operated.pipe.ledger.load(id))?.record).toMatchObject({ state: 'parked', payload: 0 })
  })
})

describe('events forget', () => {
  it('erases what was sent with an address and what quotes it, and nobody else’s', async () => {
    const operated = await startOperated()
    const { pipe, submit, run } = operated
    const { eventId } = await submit(FORM)
    const parked = await park(operated, 'Parked')
    const other = await submit({ ...FORM, email: 'joe.maeve@example.com' })
    const forgotten = await run('forget', 'Maeve@Example.com', '--yes', '--json')
    expect(forgotten.json()).toEqual([{ payloads: 2, reasons: 0, knownPerson: true }])
    for (const id of [eventId, parked]) {
      const found = await pipe.ledger.load(id)
      await expect(pipe.ledger.payload(found?.record as never)).rejects.toThrow('not kept any more')
    }
    expect((await run('list', '--json', '--text', '@example.com')).json()).toMatchObject([
      { id: other.eventId },
    ])
    expect((await run('show', parked, '--payload')).out).toMatch(/│ erased/)
    expect((await run('status')).out).toContain('recorded 3 = finished 3 + in flight 0: nothing is lost')
    expect((await run('forget', 'maeve@example.com', '--yes', '--json')).json()).toEqual([
      { payloads: 0, reasons: 0, knownPerson: false },
    ])
  })

  it('asks first, and knows an address when it sees one', async () => {
    const { run, submit } = await startOperated()
    await submit(FORM)
    await expect(run('forget', 'maeve@example.com')).rejects.toThrow(
      'this would erase the payloads of 1 delivery, messages of 0; say --yes',
    )
    await expect(run('forget', 'maeve', '--yes')).rejects.toThrow('"maeve" is not an e-mail address')
  })
})

describe('events pause and resume', () => {
  it('stores and answers, writes nothing, and delivers afterwards', async () => {
    const { emulator, run, submit, advance, pipe } = await startOperated()
    expect((await run('pause', '--source', 'contact')).out).toContain('contact is paused')
    const { eventId, outcome } = await submit(FORM)
    expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'paused' } })
    expect(await allOf(emulator, 'Cases')).toEqual([])
    expect((await run('status')).out).toContain('contact is paused')
    expect((await run('resume')).out).toContain('everything is resumed')
    // A gate is believed for a second.
    await vi.waitUntil(
      async () => {
        advance(MINUTE_MS)
        return (await deliver(eventId, pipe, minute())).kind === 'done'
      },
      { timeout: 5_000, interval: 200 },
    )
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
  })

  it('does not believe in a source nobody has configured', async () => {
    const { run } = await startOperated()
    await expect(run('pause', '--source', 'kontact')).rejects.toThrow(
      'no source is configured under the name "kontact"; there is contact',
    )
  })

  it('says that one source stays paused with all others', async () => {
    const { run } = await startOperated()
    await run('pause')
    expect((await run('resume', '--source', 'contact')).out).toContain('everything is still paused')
    expect((await run('resume', '--json')).json()).toMatchObject([{ paused: { all: false, instances: [] } }])
  })
})

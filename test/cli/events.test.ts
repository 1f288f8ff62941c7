import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { receive } from '../../lib/delivery/receive.ts'
import { addToCrm, allOf, breakCrm } from '../support/crm.ts'
import { formRequest, minute } from '../support/pipe.ts'
import { runEvents, startOperated } from './events-support.ts'

const FORM = { name: 'Maeve Murphy', email: 'maeve@example.com', message: 'Forty routers, please.' }
const NOT_UNDERSTOOD = { headers: { 'content-type': 'text/csv' } }

/** One delivery that is done, one that is parked, one that is ignored. */
async function startWithThree() {
  const operated = await startOperated()
  const { pipe, submit } = operated
  const done = await submit(FORM)
  const ignored = await submit({ ...FORM, _gotcha: 'filled' })
  const csv = { ...formRequest({ a: 'a,b' }), ...NOT_UNDERSTOOD }
  const parked = await receive(csv, { kind: 'form', name: 'contact' }, pipe, minute())
  return { ...operated, done: done.eventId, ignored: ignored.eventId, parked: parked.eventId }
}

type Listed = { readonly id: string; readonly state: string; readonly fingerprint?: string }

describe('events status', () => {
  it('counts every recorded delivery by what became of it', async () => {
    const { run } = await startWithThree()
    const { out, exitCode } = await run('status')
    expect(out).toMatch(/done +│ 1/)
    expect(out).toContain('oldest unfinished: none')
    expect(out).toContain('gate: deliveries pass; the CRM last answered 20')
    expect(out).toContain('slots: 0 of 4 taken')
    expect(out).toContain('recorded 3 = finished 3 + in flight 0: nothing is lost')
    expect(exitCode).toBe(0)
  })

  it('says that a delivery is in flight, how old it is, and that the CRM does not answer', async () => {
    const { emulator, submit, run } = await startOperated()
    await emulator.close()
    for (const message of ['a', 'b', 'c', 'd']) await submit({ ...FORM, message })
    const { out } = await run('status')
    expect(out).toMatch(/oldest unfinished: \d+ s old/)
    expect(out).toMatch(/gate: shut since 20.*, next probe 20/)
    expect(out).toContain('recorded 4 = finished 0 + in flight 4: nothing is lost')
  })

  it('fails when a delivery is not accounted for', async () => {
    const { pipe, run } = await startWithThree()
    const { store } = pipe.ledger
    await store.putIfAbsent('receipt#contact:lost', { value: { format: 1, packed: 'x' } })
    const { json, exitCode } = await run('status', '--json')
    expect(json()[0]).toMatchObject({ conservation: { recorded: 4, imbalance: 1, withoutEvent: 1 } })
    expect(exitCode).toBe(1)
  })
})

describe('events list', () => {
  it('names the latest deliveries, newest first', async () => {
    const { run, done, ignored, parked } = await startWithThree()
    const all = (await run('list', '--json')).json<Listed>().map(({ id }) => id)
    expect(all.toSorted()).toEqual([done, ignored, parked].toSorted())
    const received = (await run('list', '--json')).json<{ receivedAt: number }>()
    expect(received.map((one) => one.receivedAt)).toEqual(
      received.map((one) => one.receivedAt).toSorted((a, b) => b - a),
    )
    expect((await run('list', '--limit', '2', '--json')).json()).toHaveLength(2)
  })

  it('selects by state, source, cause, time and text', async () => {
    const { run, done, parked } = await startWithThree()
    const select = async (...options: string[]) =>
      (await run('list', '--json', ...options)).json<Listed>().map(({ id }) => id)
    expect(await select('--state', 'parked')).toEqual([parked])
    expect(await select('--source', 'private')).toEqual([])
    expect(await select('--source', 'contact')).toHaveLength(3)
    const [one] = (await run('list', '--json', '--state', 'parked')).json<Listed>()
    expect(await select('--fingerprint', one?.fingerprint ?? '')).toEqual([parked])
    expect(await select('--since', '1h')).toHaveLength(3)
    expect(await select('--until', '1h')).toEqual([])
    expect(await select('--since', '2126-01-01')).toEqual([])
    expect(await select('--text', 'forty ROUTERS', '--state', 'done')).toEqual([done])
    expect(await select('--text', 'fifty routers')).toEqual([])
  })

  it('refuses a time or a state that is none', async () => {
    await expect(runEvents(['list', '--since', 'yesterday'])).rejects.toThrow('how long ago: 30m, 2h, 7d')
    await expect(runEvents(['list', '--state', 'lost'])).rejects.toThrow('received, waiting, done')
    await expect(runEvents(['list', '--limit', '0'])).rejects.toThrow('at least 1')
  })
})

describe('events show', () => {
  it('tells the whole life of a delivery, without what was sent', async () => {
    const { run, done, emulator } = await startWithThree()
    const { out } = await run('show', done)
    expect(out).toMatch(/received +20.*Z by contact \(web-form\), no secret is configured/)
    expect(out).toMatch(/create Cases +│ \d+ ms +│ ok/)
    expect(out).toMatch(/case +│ created/)
    const [record] = await allOf(emulator, 'Cases')
    expect(out).toContain(`${emulator.baseUrl}/Cases('${record?.['$key']}')`)
    expect(out).not.toContain('maeve')
  })

  it('shows what was sent when asked to', async () => {
    const { run, done } = await startWithThree()
    expect((await run('show', done, '--payload')).out).toContain('maeve@example.com')
  })

  it('says why a delivery is parked', async () => {
    const { run, parked } = await startWithThree()
    const { out } = await run('show', parked)
    expect(out).toMatch(/reason +not-understood: the body is not a form this source can read: text\/csv/)
    expect(out).toMatch(/fingerprint +not-understood-[0-9a-f]{8}/)
  })

  it('shows a create whose outcome nobody knows', async () => {
    const { run, submit, emulator } = await startOperated()
    const fault = { kind: 'reset', when: 'after-commit' }
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault })
    const { eventId } = await submit(FORM)
    const { out } = await run('show', eventId)
    expect(out).toMatch(/case +│ a create nobody knows the outcome of/)
    expect(out).toMatch(/create Cases +│ \d+ ms +│ CrmAmbiguousError/)
  })

  it('says why this company and this person were chosen, without their data', async () => {
    const { run, submit, emulator } = await startOperated()
    const email = [{ $type: 'Business', $isDefault: true, Emai_EmailAddress: FORM.email }]
    for (const _ of ['one', 'other']) {
      await addToCrm(emulator, 'Company', { comp_name: 'Gatecom Inc.' })
      await addToCrm(emulator, 'Person', { pers_lastname: 'Murphy', email })
    }
    const { eventId } = await submit({ ...FORM, company: 'Gatecom Inc.' })
    const { out } = await run('show', eventId)
    expect(out).toMatch(/company +│ adopted: the same comp_name in Company; the oldest of 2 /)
    expect(out).toMatch(/person +│ adopted: the same pers_emailaddress in vPerson; the oldest of 2 /)
    expect(out).not.toContain('Gatecom')
  })

  it('fails for a reference that is not there', async () => {
    const { run } = await startOperated()
    await expect(run('show', 'contact:nothing')).rejects.toThrow(
      'no delivery has the reference contact:nothing',
    )
  })
})

describe('events export', () => {
  it('writes every delivery as a line, with what was sent when asked to, into a new file', async () => {
    const { run, folder, done, parked } = await startWithThree()
    const to = path.join(folder, 'export.jsonl')
    await run('export', '--payload', '--to', to)
    const lines = (await readFile(to, 'utf8')).trimEnd().split('\n')
    const exported = lines.map((line) => JSON.parse(line) as { id: string; sent?: unknown })
    expect(exported.map(({ id }) => id)).toEqual(expect.arrayContaining([done, parked]))
    expect(JSON.stringify(exported.find(({ id }) => id === done)?.sent)).toContain('maeve@example.com')
    await expect(run('export', '--to', to)).rejects.toThrow('EEXIST')
  })
})

describe('events writes', () => {
  it('names every CRM record that was made or taken, once each', async () => {
    const { run, submit, emulator } = await startOperated()
    await submit(FORM)
    await submit({ ...FORM, message: 'And cables.' })
    const writes = (await run('writes', '--since', '1h', '--json')).json()
    const of = (did: string) => writes.filter((one) => one['did'] === did).map((one) => one['entity'])
    expect(of('created').toSorted()).toEqual(['Cases', 'Cases', 'Notes', 'Notes', 'Person'])
    expect(of('adopted')).toEqual(['Person'])
    const cases = (await allOf(emulator, 'Cases')).map((row) => String(row['$key']))
    const written = writes.filter((one) => one['entity'] === 'Cases').map((one) => one['id'])
    expect(written.toSorted()).toEqual(cases.toSorted())
    expect((await run('writes', '--since', '2126-01-01', '--json')).json()).toEqual([])
  })
})

describe('events writes of an event that changed something', () => {
  it('names the update with its time', async () => {
    const { pipe, run } = await startOperated()
    const verified = { headers: {}, payload: null }
    const { event } = await pipe.ledger.record(
      { id: 'contact:a', instance: 'contact', subject: 'contact:a', verified },
      [],
    )
    const bindings = { case: { resource: 'Cases', id: '7', adopted: false } }
    const effects = { case: "updated, people's: case_status" }
    const attempt = { at: Date.now(), ms: 1, outcome: 'done', calls: [], effects }
    await pipe.ledger.finish(event, { bindings, attempt })
    const writes = (await run('writes', '--json')).json()
    expect(writes).toMatchObject([{ did: 'updated', entity: 'Cases', id: '7', step: 'case' }])
  })
})

describe('the place of the ledger', () => {
  it('is a data folder, --ledger, or LEDGER_URL', async () => {
    const { folder } = await startWithThree()
    const address = `sqlite:${path.join(folder, 'ledger.db')}`
    const options = await runEvents(['list', '--json', '--ledger', address])
    const environment = await runEvents(['list', '--json'], { LEDGER_URL: address })
    expect([options.json().length, environment.json().length]).toEqual([3, 3])
  })

  it('is told apart from no ledger at all, and from a store nobody knows', async () => {
    await expect(runEvents(['list', '--data', '/nowhere'])).rejects.toThrow(
      'no ledger at /nowhere/ledger.db: run npm start first, name its folder with --data, or set LEDGER_URL',
    )
    await expect(runEvents(['list', '--ledger', 'abacus:here'])).rejects.toThrow('no store "abacus"')
    await expect(runEvents(['list', '--ledger', 'here'])).rejects.toThrow('a store and a place')
  })
})

import { describe, expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import type { Outcome } from '../../lib/delivery/outcome.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { allOf, breakCrm, changeCrm, untilIdle } from '../support/crm.ts'
import { post } from '../support/http-request.ts'
import { LEDGER_STORES, type LedgerStore } from '../support/ledger-stores.ts'
import { minute, startPipe, type TestPipe } from '../support/pipe.ts'

const TOKEN = 'a token nobody can guess'
const ENTRY = { id: '7', form_id: '3', date_created: '2026-03-12 11:00:00' }
const FIRST = { ...ENTRY, 'Your e-mail': 'maeve@example.com', Subject: 'Forty routers', Message: 'Please.' }
const EDITED = {
  ...FIRST,
  date_updated: '2026-03-12 12:00:00',
  Subject: 'Fifty routers',
  Message: 'Soon, please.',
}

type Entry = Readonly<Record<string, string>>
type FormPipe = TestPipe & {
  receive(entry: Entry): Promise<{ eventId: string; outcome: Outcome }>
  send(entry: Entry): Promise<Outcome>
}

async function startFormPipe(on: LedgerStore, parties?: 'after'): Promise<FormPipe> {
  const test = await startPipe({
    on,
    config: defineConfig({
      installation: 'test',
      publicUrl: 'http://localhost',
      sources: {
        contact: { source: 'gravity-forms', secrets: ['T'], options: { fields: { email: 'Your e-mail' } } },
      },
      case: { priority: 'Normal', ...(parties && { parties }) },
    }),
    secret: async () => [TOKEN],
  })
  const receiveEntry = (entry: Entry) => {
    const request = post(JSON.stringify(entry), { contentType: 'application/json' })
    return receive(request, { kind: 'form', name: 'contact', token: TOKEN }, test.pipe, minute())
  }
  return {
    ...test,
    receive: receiveEntry,
    send: async (entry) => {
      const { eventId, outcome } = await receiveEntry(entry)
      return outcome.kind === 'retry-later' ? test.untilFinished(eventId) : outcome
    },
  }
}

async function theCase({ emulator }: FormPipe) {
  const [record, ...others] = await allOf(emulator, 'Cases')
  expect(others).toEqual([])
  return record ?? {}
}

async function notes({ emulator }: FormPipe): Promise<string[]> {
  return (await allOf(emulator, 'Notes')).map((note) => String(note['Note_Note']))
}

describe.each(LEDGER_STORES)('an edited submission on $name', (on) => {
  it('updates its case, and says what it was and what it is in two notes', async () => {
    const pipe = await startFormPipe(on)
    await pipe.send(FIRST)
    expect(await pipe.send(EDITED)).toMatchObject({ kind: 'done', effects: { case: 'updated' } })
    expect(await theCase(pipe)).toMatchObject({
      Case_Description: 'Fifty routers',
      Case_ProblemNote: 'Soon, please.',
      Case_Priority: 'Normal',
    })
    expect(await notes(pipe)).toEqual([
      expect.stringContaining('Subject: Forty routers'),
      expect.stringContaining('Subject: Fifty routers'),
    ])
  })

  it('that says the same once more adds nothing', async () => {
    const pipe = await startFormPipe(on)
    await pipe.send(FIRST)
    const outcome = await pipe.send({ ...FIRST, date_updated: '2026-03-12 13:00:00' })
    expect(outcome).toMatchObject({ kind: 'done', effects: { case: 'unchanged' } })
    expect(await notes(pipe)).toHaveLength(1)
  })

  it('is not undone by the first one, should that come later', async () => {
    const pipe = await startFormPipe(on)
    await pipe.send(EDITED)
    expect(await pipe.send(FIRST)).toMatchObject({ kind: 'stale' })
    expect(await theCase(pipe)).toMatchObject({ Case_Description: 'Fifty routers' })
  })

  it('leaves the person as it is, and what people have changed in the case', async () => {
    const pipe = await startFormPipe(on)
    await pipe.send({ ...FIRST, Name: 'Maeve Murphy' })
    const record = await theCase(pipe)
    await changeCrm(pipe.emulator, `Cases('${record['$key']}')`, { Case_Description: 'Ours now' })
    await pipe.send({ ...EDITED, Name: 'Someone Else', 'Your e-mail': 'else@example.com' })
    const after = await theCase(pipe)
    expect(after).toMatchObject({
      Case_Description: 'Ours now',
      Case_ProblemNote: 'Soon, please.',
      Case_PrimaryPersonId: record['Case_PrimaryPersonId'],
    })
    const people = await allOf(pipe.emulator, 'Person')
    expect(people).toMatchObject([{ Pers_FirstName: 'Maeve', Pers_LastName: 'Murphy' }])
  })

  it('with an address it had not before gets its person', async () => {
    const pipe = await startFormPipe(on)
    await pipe.send({ ...FIRST, 'Your e-mail': '' })
    expect((await theCase(pipe))['Case_PrimaryPersonId'] ?? null).toBeNull()
    expect(await pipe.send(EDITED)).toMatchObject({ effects: { case: 'updated', person: 'created' } })
    const [person] = await allOf(pipe.emulator, 'Person')
    expect(await theCase(pipe)).toMatchObject({ Case_PrimaryPersonId: Number(person?.['$key']) })
  })

  it('whose case came first gets its person, and keeps it', async () => {
    const pipe = await startFormPipe(on, 'after')
    await pipe.send({ ...FIRST, 'Your e-mail': '' })
    expect(await pipe.send(EDITED)).toMatchObject({ effects: { case: 'updated', links: 'updated' } })
    const [person] = await allOf(pipe.emulator, 'Person')
    const other = { ...EDITED, date_updated: '2026-03-12 13:00:00', 'Your e-mail': 'else@example.com' }
    expect(await pipe.send(other)).toMatchObject({ effects: { person: 'unchanged', links: 'unchanged' } })
    expect(await theCase(pipe)).toMatchObject({ Case_PrimaryPersonId: Number(person?.['$key']) })
  })

  it('without its message takes it out of the case', async () => {
    const pipe = await startFormPipe(on)
    await pipe.send(FIRST)
    await pipe.send({ ...EDITED, Message: '' })
    expect((await theCase(pipe))['Case_ProblemNote'] ?? '').toBe('')
  })

  it.each([
    ['Cases', 'PATCH'],
    ['Notes', 'POST'],
  ])('ends the same when the answer of %s %s is lost', async (resource, method) => {
    const pipe = await startFormPipe(on)
    await pipe.send(FIRST)
    await breakCrm(pipe.emulator, { method, resource, fault: { kind: 'reset', when: 'after-commit' } })
    const { eventId } = await pipe.receive(EDITED)
    await pipe.untilFinished(eventId)
    await untilIdle(pipe.emulator)
    expect(await theCase(pipe)).toMatchObject({ Case_Description: 'Fifty routers' })
    expect(await notes(pipe)).toHaveLength(2)
  })
})

import { describe, expect, it } from 'vitest'
import { deliver } from '../../lib/delivery/deliver.ts'
import { addToCrm, allOf, deleteFromCrm } from '../support/crm.ts'
import { LEDGER_STORES } from '../support/ledger-stores.ts'
import {
  addNamesake,
  expectOnce,
  FORM,
  finish,
  LOST,
  only,
  partial,
  submitTo,
} from '../support/person-form.ts'
import { minute, type PipeOptions, startPipe } from '../support/pipe.ts'

const HOUR_MS = 60 * 60_000
const DIALECTS = ['2019R2', '2022R2', '2024R2', 'strict-sdata'] as const

/** What the CRM does is the same whatever the ledger is kept in. */
describe('a person with an e-mail address and a phone, in every way it can be committed in part', () => {
  for (const children of [0, 1, 2]) {
    for (const answer of ['reset', 500] as const) {
      it(`is there once, whole, after ${children} of both were committed and a ${answer}`, async () => {
        const pipe = await startPipe()
        const eventId = await submitTo(pipe, partial(children, answer))
        const { bindings, effects } = await finish(pipe, eventId)
        expect(effects['person']).toBe('created')
        expect(bindings['person']?.adopted).toBe(false)
        await expectOnce(pipe, bindings['person']?.id)
      })
    }
  }

  it.each(['Email', 'EmailLink', 'Phone', 'PhoneLink'])(
    'is there once after the answer to %s was lost, too',
    async (resource) => {
      for (const lost of LOST) {
        const pipe = await startPipe()
        const eventId = await submitTo(pipe, partial(), { [resource]: lost })
        const { bindings } = await finish(pipe, eventId)
        await expectOnce(pipe, bindings['person']?.id)
      }
    },
  )

  it.each(DIALECTS)('is completed in a CRM of dialect %s', async (dialect) => {
    const pipe = await startPipe({ dialect })
    const lost = { kind: 'reset', when: 'after-commit' }
    const { bindings } = await finish(pipe, await submitTo(pipe, partial(), { Email: lost, PhoneLink: lost }))
    await expectOnce(pipe, bindings['person']?.id)
  })
})

describe.each(LEDGER_STORES)('a person with an e-mail address and a phone on $name', (on) => {
  const start = (more: PipeOptions = {}) => startPipe({ on, ...more })

  it('is there once after every answer to each of its parts was lost once', async () => {
    const pipe = await start()
    const lost = { kind: 'reset', when: 'after-commit' }
    const parts = { Email: lost, EmailLink: lost, Phone: lost, PhoneLink: lost, Cases: lost, Notes: lost }
    const { bindings } = await finish(pipe, await submitTo(pipe, partial(), parts))
    await expectOnce(pipe, bindings['person']?.id)
  })

  it('is known by its id once it was found, however much later the rest of it is made', async () => {
    const pipe = await start()
    const lost = { kind: 'reset', when: 'before-commit' }
    const eventId = await submitTo(pipe, partial(), { Email: lost })
    pipe.advance(HOUR_MS)
    const { bindings } = await finish(pipe, eventId)
    await expectOnce(pipe, bindings['person']?.id)
  })

  it('is not taken for a namesake who was there before', async () => {
    const pipe = await start()
    const namesake = await addNamesake(pipe)
    pipe.advance(HOUR_MS)
    const { bindings } = await finish(pipe, await submitTo(pipe, partial()))
    expect(bindings['person']?.id).toBe(String(Number(namesake) + 1))
    expect(await allOf(pipe.emulator, 'Person')).toHaveLength(2)
    expect(await only(pipe, 'EmailLink')).toMatchObject({ ELink_RecordID: Number(bindings['person']?.id) })
  })

  it.each([
    ['in part', partial(), 1],
    ['not at all', { kind: 'reset', when: 'before-commit' }, 2],
  ])(
    'committed %s, is not taken for a namesake made meanwhile with an address of their own',
    async (_how, fault, position) => {
      const pipe = await start()
      const eventId = await submitTo(pipe, fault)
      const email = [{ $type: 'Business', emai_emailaddress: 'another@example.com' }]
      const namesake = await addNamesake(pipe, { email })
      const { bindings } = await finish(pipe, eventId)
      const persons = (await allOf(pipe.emulator, 'Person')).map((one) => String(one['$key']))
      expect(persons.filter((id) => id !== namesake)).toEqual([bindings['person']?.id])
      expect(persons.indexOf(String(bindings['person']?.id)) + 1).toBe(position)
      const links = (await allOf(pipe.emulator, 'EmailLink')).map((one) => String(one['ELink_RecordID']))
      expect(links.toSorted()).toEqual(persons.toSorted())
    },
  )

  it('is left alone when people made another with this address meanwhile', async () => {
    const pipe = await start()
    const eventId = await submitTo(pipe, { kind: 'reset', when: 'before-commit' })
    const email = [{ $type: 'Business', emai_emailaddress: FORM.email }]
    const theirs = await addToCrm(pipe.emulator, 'Person', { pers_lastname: 'Murphy-Byrne', email })
    const { bindings, effects } = await finish(pipe, eventId)
    expect([bindings['person']?.id, effects['person']]).toEqual([theirs, 'adopted'])
    expect(await allOf(pipe.emulator, 'Phone')).toEqual([])
  })

  it('is the lowest of several without children that were made since, and says so', async () => {
    const warned: unknown[] = []
    const log = { info: () => undefined, warn: (text: string) => warned.push(text), error: () => undefined }
    const pipe = await start({ log: log as never })
    const eventId = await submitTo(pipe, partial())
    const other = await addNamesake(pipe)
    const { bindings } = await finish(pipe, eventId)
    expect(Number(bindings['person']?.id)).toBe(Number(other) - 1)
    expect(warned).toEqual(['several records match, the lowest id is taken'])
  })

  it('is waited for by another form with the same address', async () => {
    const pipe = await start()
    const eventId = await submitTo(pipe, partial())
    const second = await pipe.submit({ ...FORM, message: 'And cables.' })
    expect(second.outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'held' } })
    await finish(pipe, eventId)
    await finish(pipe, second.eventId)
    await only(pipe, 'Person')
    expect(await allOf(pipe.emulator, 'Cases')).toHaveLength(2)
  })

  it('is made anew when people deleted what was there of it', async () => {
    const pipe = await start()
    const lost = { kind: 'reset', when: 'before-commit' }
    const eventId = await submitTo(pipe, partial(), { Email: lost })
    const waiting = await deliver(eventId, pipe.pipe, minute())
    if (waiting.kind !== 'retry-later') throw new Error('not waiting')
    pipe.advance(waiting.notBefore - pipe.pipe.ledger.store.now() + 1)
    await deliver(eventId, pipe.pipe, minute())
    await deleteFromCrm(pipe.emulator, `Person('${(await only(pipe, 'Person'))['$key']}')`)
    const { bindings } = await finish(pipe, eventId)
    await expectOnce(pipe, bindings['person']?.id)
  })
})

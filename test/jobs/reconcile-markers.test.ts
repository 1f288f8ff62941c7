import { describe, expect, it } from 'vitest'
import type { CrmClient } from '../../lib/crm/client.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { reconcileMarkers } from '../../lib/jobs/reconcile-markers.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { minute, startPipe, type TestPipe } from '../support/pipe.ts'

const FORM = { email: 'maeve@example.com', message: 'Forty routers, please.' }

/** A second case with the marker of the first, as an older version or somebody else's copy would leave it. */
async function copyCase({ pipe, submit }: Pick<TestPipe, 'pipe' | 'submit'>) {
  const { outcome } = await submit(FORM)
  const id = outcome.kind === 'done' ? (outcome.bindings['case']?.id ?? '') : ''
  const marker = String((await pipe.crm.entity('Cases').get(id)).get('case_customerref'))
  const copy = await pipe.crm.entity('Cases').create({ Case_Description: 'copy', Case_CustomerRef: marker })
  return { id, marker, copyId: copy.key }
}

function closing(pipe: Pipe): Pipe {
  return { ...pipe, config: { ...pipe.config, crm: { ...pipe.config.crm, closeDuplicates: true } } }
}

async function notesOf(crm: CrmClient, caseId: string) {
  const { rows } = await crm
    .entity('Notes')
    .find({ op: 'eq', field: 'note_foreignid', value: `${Number(caseId)}` })
  return rows.map((row) => String(row.get('note_note')))
}

describe('counting the records for each marker', () => {
  it.each(['2019R2', '2022R2', '2024R2', 'strict-sdata'] as const)(
    'finds one for each in a CRM of dialect %s',
    async (dialect) => {
      const { pipe, submit, metrics } = await startPipe({ dialect })
      for (let number = 0; number < 25; number += 1) await submit({ ...FORM, message: `${number}` })
      expect(await reconcileMarkers(pipe, minute())).toEqual({ checked: 50, duplicates: 0, closed: 0 })
      expect(metrics).toContainEqual({ name: 'duplicates', value: 0 })
    },
  )

  it('reports a second case with a marker, and leaves it alone', async () => {
    const started = await startPipe()
    const { pipe, emulator, metrics } = started
    const { id } = await copyCase(started)
    const reported: unknown[] = []
    const log = { ...pipe.log, error: (...said: unknown[]) => void reported.push(said) }
    const before = await allOf(emulator, 'Cases')
    expect(await reconcileMarkers({ ...pipe, log }, minute())).toMatchObject({ duplicates: 1, closed: 0 })
    const fields = expect.objectContaining({ resource: 'Cases', recordId: id, count: 2 })
    expect(reported).toEqual([['several records carry one marker', fields]])
    expect(metrics).toContainEqual({ name: 'duplicates', value: 1 })
    expect(await allOf(emulator, 'Cases')).toEqual(before)
  })

  it('closes the younger case with one note when it is told to, once', async () => {
    const started = await startPipe()
    const { pipe, emulator } = started
    const { id, copyId } = await copyCase(started)
    expect(await reconcileMarkers(closing(pipe), minute())).toMatchObject({ duplicates: 1, closed: 1 })
    const { crm } = pipe
    expect((await crm.entity('Cases').get(copyId)).get('case_status')).toBe('Closed')
    expect((await crm.entity('Cases').get(id)).get('case_status')).not.toBe('Closed')
    expect(await notesOf(crm, copyId)).toEqual([expect.stringContaining(`Duplicate of case ${id}:`)])
    expect(await reconcileMarkers(closing(pipe), minute())).toMatchObject({ duplicates: 1, closed: 0 })
    await crm.entity('Cases').update(copyId, { Case_Status: 'In Progress' })
    expect(await reconcileMarkers(closing(pipe), minute())).toMatchObject({ closed: 1 })
    expect(await notesOf(crm, copyId)).toHaveLength(1)
    expect(await allOf(emulator, 'Cases')).toHaveLength(2)
  })

  it('reports a second note of one case', async () => {
    const { pipe, submit } = await startPipe()
    const { outcome } = await submit(FORM)
    const bindings = outcome.kind === 'done' ? outcome.bindings : {}
    const note = await pipe.crm.entity('Notes').get(bindings['note']?.id ?? '')
    await pipe.crm.entity('Notes').create({
      note_note: String(note.get('note_note')),
      note_foreigntableid: Number(note.get('note_foreigntableid')),
      note_foreignid: Number(note.get('note_foreignid')),
    })
    expect(await reconcileMarkers(closing(pipe), minute())).toEqual({ checked: 2, duplicates: 1, closed: 0 })
  })

  it('goes on where the last run had to stop, and begins anew after the last', async () => {
    const { pipe, submit } = await startPipe()
    for (let number = 0; number < 15; number += 1) await submit({ ...FORM, message: `${number}` })
    let asked = 0
    const short = { remainingMs: () => (asked++ < 2 ? 60_000 : 0) }
    const first = (await reconcileMarkers(pipe, short))['checked']
    expect(first).toBe(20)
    expect(await reconcileMarkers(pipe, minute())).toMatchObject({ checked: 10 })
    expect(await reconcileMarkers(pipe, minute())).toMatchObject({ checked: 30 })
  })

  it('leaves the rest to the next night when the CRM fails; a refused password shuts the gate', async () => {
    const started = await startPipe()
    const { pipe, emulator } = started
    await copyCase(started)
    const fault = { kind: 'status', status: 500, when: 'before-commit', body: 'html' }
    await breakCrm(emulator, { method: 'GET', resource: 'Cases', fault })
    expect(await reconcileMarkers(pipe, minute())).toEqual({ notCounted: 1 })
    expect(await reconcileMarkers(pipe, minute())).toMatchObject({ checked: 2, duplicates: 1 })
    await breakCrm(emulator, { fault: { ...fault, status: 401 } })
    expect(await reconcileMarkers(pipe, minute())).toEqual({ notCounted: 1 })
    expect(await reconcileMarkers(pipe, minute())).toEqual({ gateClosed: 1 })
  })

  it('asks nothing while people have paused everything, no slot is free, or another run is at it', async () => {
    const started = await startPipe()
    const { pipe } = started
    await copyCase(started)
    const slots = await Promise.all(Array.from({ length: 8 }, () => pipe.slots.take(60_000)))
    expect(await reconcileMarkers(pipe, minute())).toEqual({ noSlot: 1 })
    await Promise.all(slots.map((slot) => slot?.free()))
    const [one, other] = await Promise.all([
      reconcileMarkers(pipe, minute()),
      reconcileMarkers(pipe, minute()),
    ])
    expect([one, other]).toContainEqual({ busy: 1 })
    await pipe.gate.pause()
    expect(await reconcileMarkers(pipe, minute())).toEqual({ gateClosed: 1 })
  })
})

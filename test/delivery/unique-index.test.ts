import { expect, it } from 'vitest'
import { markerOf } from '../../lib/delivery/marker.ts'
import { allOf } from '../support/crm.ts'
import { startPipe } from '../support/pipe.ts'

it.each([409, 500, 400] as const)(
  'a violation of a unique index on the marker column, answered %s, means that the record exists: it is adopted',
  async (uniqueViolation) => {
    const { pipe, emulator, submit, untilFinished } = await startPipe({
      unique: ['Cases.Case_CustomerRef'],
      switches: { uniqueViolation },
    })
    await pipe.gate.pause()
    const { eventId } = await submit({ email: 'maeve@example.com', message: 'Forty routers, please.' })
    const marker = markerOf('test', eventId, 'case')
    const fields = { Case_Description: 'another ledger made it', Case_CustomerRef: marker }
    const { key } = await pipe.crm.entity('Cases').create(fields)
    await pipe.gate.resume()
    const outcome = await untilFinished(eventId)
    expect(outcome).toMatchObject({ kind: 'done', bindings: { case: { id: key, adopted: true } } })
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
  },
)

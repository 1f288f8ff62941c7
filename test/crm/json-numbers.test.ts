import { expect, it } from 'vitest'
import { createCrmClient } from '../../lib/crm/client.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import type { CreateFields } from '../../lib/crm/typed.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'
import { ORDER, startOrderPipe } from '../support/orders.ts'

async function bodyOf(fields: Partial<CreateFields<'QuoteItems'>>): Promise<string> {
  const { baseUrl, bodies } = await misbehavingServer(answers(201, { $key: 7 }))
  const client = createCrmClient({
    baseUrl,
    credentials: { user: 'admin', password: '' },
    requestTimeoutMs: 5_000,
    entities: loadEntity,
  })
  await client.entity('QuoteItems').create({ QuIt_OrderQuoteId: 43, QuIt_Description: '12.50', ...fields })
  client.close()
  return bodies[0] ?? ''
}

it.each([
  ['12.50', '12.50'],
  ['-0.0125', '-0.0125'],
  ['007', '7'],
  ['-00.5', '-0.5'],
  ['0', '0'],
  ['12345678901234567.123456', '12345678901234567.123456'],
  ['0.0000001', '0.0000001'],
])('the amount %s goes over the wire as the number %s', async (amount, number) => {
  expect(await bodyOf({ QuIt_QuotedPrice: amount })).toContain(`"QuIt_QuotedPrice":${number}}`)
})

it('an id that is text goes as a number, a number as it is, and text that looks like one stays text', async () => {
  const body = await bodyOf({ QuIt_UOMID: '5' as never, QuIt_LineNumber: 2 })
  expect(JSON.parse(body)).toEqual({
    QuIt_OrderQuoteId: 43,
    QuIt_UOMID: 5,
    QuIt_LineNumber: 2,
    QuIt_Description: '12.50',
  })
})

it('no amount of an order goes as text', async () => {
  const bodies: object[] = []
  const pipe = await startOrderPipe()
  const crm = createCrmClient({
    baseUrl: pipe.emulator.baseUrl,
    credentials: { user: 'admin', password: 'admin' },
    requestTimeoutMs: 5_000,
    entities: loadEntity,
    middlewares: [
      (request, next) => {
        if (request.body !== undefined) bodies.push(JSON.parse(JSON.stringify(request.body)) as object)
        return next(request)
      },
    ],
  })
  Object.assign(pipe.pipe, { crm })
  expect(await pipe.send(ORDER)).toMatchObject({ kind: 'done' })
  crm.close()
  const amounts = bodies.flatMap((body) =>
    Object.entries(body).filter(([name]) => /price|quantity|forecast/i.test(name)),
  )
  expect(amounts.length).toBeGreaterThan(8)
  expect(amounts.filter(([, value]) => typeof value !== 'number')).toEqual([])
})

import { expect, it } from 'vitest'
import { ORDER, startOrderPipe } from '../../support/orders.ts'

it('becomes a quote', async () => {
  const pipe = await startOrderPipe()
  const outcome = await pipe.send(ORDER)
  console.log(JSON.stringify(outcome, null, 1))
  for (const e of ['Person', 'Opportunity', 'Quotes', 'QuoteItems', 'Notes'])
    console.log(
      e,
      JSON.stringify(
        (await pipe.all(e)).map((r) =>
          Object.fromEntries(
            Object.entries(r).filter(
              ([k, v]) => v !== null && typeof v !== 'object' && !/Created|Updated|Time|Sec|\$|CID/.test(k),
            ),
          ),
        ),
        null,
        1,
      ),
    )
  const stored = await pipe.pipe.ledger.load(`shop:${JSON.stringify(ORDER)}`)
  console.log(stored?.record.history.map((h) => h.calls.map((c) => `${c.did} ${c.result}`)))
  expect(outcome.kind).toBe('done')
})

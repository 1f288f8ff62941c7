import { expect, it } from 'vitest'
import {
  CrmAmbiguousError,
  CrmBusyError,
  CrmConflictError,
  CrmRejectedError,
  CrmUnreachableError,
} from '../../lib/crm/errors.ts'
import type { Step } from '../../lib/crm/plan.ts'
import { PlanError } from '../../lib/crm/resolve.ts'
import { isDefinite, settleAll } from '../../lib/crm/settle-all.ts'

const alone: Step = {
  as: 'a',
  resource: 'Person',
  needs: [],
  match: { by: 'marker', field: 'pers_ref' },
  create: {},
}
const withChildren: Step = { ...alone, children: {} }

it.each([
  ['a mistake in the plan', new PlanError('no'), true, true],
  ['a refusal', new CrmRejectedError('no', [], { status: 422 }), true, false],
  ['a refusal before anything was sent', new CrmRejectedError('no', []), true, true],
  ['a CRM that turned it away', new CrmBusyError('busy', { status: 503 }), true, true],
  ['a CRM nobody reached', new CrmUnreachableError('away'), true, true],
  ['a unique index', new CrmConflictError('exists', { status: 409 }), true, false],
  ['an answer that never came', new CrmAmbiguousError('reset'), false, false],
  ['anything else', new TypeError('bug'), false, false],
])('certainly nothing is there after %s: %#', (_, error, ofOne, ofOneWithChildren) => {
  expect([isDefinite(error), isDefinite(error, alone)]).toEqual([ofOne, ofOne])
  expect(isDefinite(error, withChildren)).toBe(ofOneWithChildren)
})

it('all are waited for, in their order', async () => {
  expect(await settleAll([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2])
})

it('the failure that may have left something behind is thrown, else the first, once all have ended', async () => {
  const [first, second] = [new CrmRejectedError('first', []), new CrmRejectedError('second', [])]
  const unclear = new CrmAmbiguousError('reset')
  await expect(settleAll([Promise.reject(first), Promise.reject(second)])).rejects.toBe(first)
  let hasEnded = false
  const slow = new Promise((resolve) => setImmediate(resolve)).then(() => {
    hasEnded = true
  })
  await expect(settleAll([Promise.reject(first), slow, Promise.reject(unclear)])).rejects.toBe(unclear)
  expect(hasEnded).toBe(true)
})

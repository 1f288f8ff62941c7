import { describe, expect, it } from 'vitest'
import {
  CrmAmbiguousError,
  CrmBusyError,
  CrmRejectedError,
  CrmUnreachableError,
} from '../../lib/crm/errors.ts'
import { NotYetError } from '../../lib/crm/journal.ts'
import { outcomeOf } from '../../lib/delivery/failure.ts'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'

const NOW = 1_000_000
const circumstances = { attempts: 0, deferrals: 0, lastSuccessAt: 0, now: NOW, random: () => 0.5 }

describe('a failure', () => {
  it('that will never be accepted is parked with what is wrong', () => {
    const outcome = outcomeOf(new CrmRejectedError('no', ['Comp_Name: too long']), circumstances)
    expect(outcome).toEqual({
      kind: 'parked',
      reason: { code: 'crm-rejected', message: 'no', issues: ['Comp_Name: too long'] },
    })
    expect(outcomeOf(new NotUnderstoodError('what?'), circumstances)).toMatchObject({ kind: 'parked' })
  })

  it('waits at least as long as the CRM asks for', () => {
    const busy = new CrmBusyError('busy', { retryAfterMs: 60_000 })
    expect(outcomeOf(busy, circumstances)).toMatchObject({ kind: 'retry-later', notBefore: NOW + 60_000 })
  })

  it('that left an intent open waits for the end of its quarantine', () => {
    const quarantineEnd = NOW + 120_000
    const outcome = outcomeOf(new CrmAmbiguousError('reset'), { ...circumstances, quarantineEnd })
    expect(outcome).toMatchObject({ kind: 'retry-later', notBefore: quarantineEnd })
  })

  it('waits longer with every try, and least when nothing was sent', () => {
    const delays = [0, 3].map((deferrals) => {
      const outcome = outcomeOf(new CrmUnreachableError('away'), { ...circumstances, deferrals })
      return outcome.kind === 'retry-later' ? outcome.notBefore - NOW : undefined
    })
    expect(delays).toEqual([250, 2_000])
  })

  it('nobody foresaw is tried eight times and then parked', () => {
    const kinds = [0, 7, 8].map(
      (attempts) => outcomeOf(new TypeError('bug'), { ...circumstances, attempts }).kind,
    )
    expect(kinds).toEqual(['retry-later', 'retry-later', 'parked'])
  })

  it('by somebody else holding the key does not wait until that hold would run out', () => {
    const outcome = outcomeOf(new NotYetError('held', NOW + 150_000), circumstances)
    expect(outcome).toMatchObject({ kind: 'retry-later', notBefore: NOW + 250 })
  })

  it('by too little time is tried at once, but not over and over', () => {
    const outOfTime = new NotYetError('out-of-time', NOW)
    expect(outcomeOf(outOfTime, circumstances)).toMatchObject({ notBefore: NOW })
    expect(outcomeOf(outOfTime, { ...circumstances, deferrals: 3 })).toMatchObject({ notBefore: NOW + 8_000 })
  })
})

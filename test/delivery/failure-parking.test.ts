import { describe, expect, it } from 'vitest'
import {
  CrmAmbiguousError,
  CrmBusyError,
  CrmCredentialsError,
  CrmRejectedError,
} from '../../lib/crm/errors.ts'
import { NotYetError } from '../../lib/crm/journal.ts'
import { fingerprintOf, outcomeOf, streakOf } from '../../lib/delivery/failure.ts'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'

const NOW = 1_000_000
const circumstances = { attempts: 0, deferrals: 0, lastSuccessAt: 0, now: NOW, random: () => 0.5 }
const call = (did: string, result = 'ok') => ({ did, ms: 1, result })
const answered500 = new CrmAmbiguousError('answered 500', { status: 500 })

describe('the same error in a row', () => {
  const calls = [call('find Cases'), call('create Cases')]

  it('is counted from the first one on', () => {
    const first = streakOf(answered500, calls, undefined, NOW)
    expect(first).toEqual({ on: 'create Cases 500', count: 1, since: NOW })
    expect(streakOf(answered500, calls, first, NOW + 9)).toEqual({ ...first, count: 2 })
  })

  it('begins anew with another request, or another status', () => {
    const before = { on: 'create Cases 500', count: 2, since: 7 }
    const notes = [...calls, call('create Notes')]
    expect(streakOf(answered500, notes, before, NOW)).toMatchObject({ count: 1, since: NOW })
    const answered502 = new CrmAmbiguousError('answered 502', { status: 502 })
    expect(streakOf(answered502, calls, before, NOW)).toMatchObject({ on: 'create Cases 502', count: 1 })
  })

  it('is that of the request that failed, not of one beside it that was answered later', () => {
    const beside = [call('find Company', 'CrmAmbiguousError 500'), call('find vPerson')]
    expect(streakOf(answered500, beside, undefined, NOW)?.on).toBe('find Company 500')
  })

  it('is known without any request, and no run of anything but answers of 500 and above', () => {
    expect(streakOf(answered500, [], undefined, NOW)?.on).toBe(' 500')
    const others = [
      new CrmAmbiguousError('reset'),
      new CrmAmbiguousError('unreadable', { status: 200 }),
      new CrmBusyError('busy', { status: 503 }),
    ]
    for (const other of others) expect(streakOf(other, calls, undefined, NOW)).toBeUndefined()
  })

  it('parks the event at the third time, if the CRM has worked for others since the first', () => {
    const outcomeAfter = (count: number, lastSuccessAt: number) => {
      const streak = { on: 'x', count, since: NOW - 10 }
      return outcomeOf(answered500, { ...circumstances, streak, lastSuccessAt })
    }
    expect(outcomeAfter(3, NOW - 9)).toMatchObject({ kind: 'parked', reason: { code: 'crm-failing' } })
    const kinds = [outcomeAfter(2, NOW - 9), outcomeAfter(3, NOW - 10)].map(({ kind }) => kind)
    expect(kinds).toEqual(['retry-later', 'retry-later'])
  })
})

describe('a failure waits', () => {
  it('for the quarantine or for a configuration as long as it says', () => {
    for (const reason of ['quarantine', 'not-configured-yet'] as const) {
      expect(outcomeOf(new NotYetError(reason, NOW + 77), circumstances)).toEqual({
        kind: 'retry-later',
        notBefore: NOW + 77,
        reason: { code: reason, message: `not yet: ${reason}` },
        by: 'message',
        burns: false,
      })
    }
  })

  it('until people or a new password end it, when the CRM refused the password', () => {
    expect(outcomeOf(new CrmCredentialsError('refused'), circumstances)).toEqual({
      kind: 'retry-later',
      notBefore: NOW,
      reason: { code: 'crm-credentials', message: 'refused' },
      by: 'index',
      burns: false,
    })
  })

  it('without burning a try when the CRM is busy, and burning one when it is unclear what it did', () => {
    expect(outcomeOf(new CrmBusyError('busy'), circumstances)).toMatchObject({ burns: false, by: 'message' })
    expect(outcomeOf(answered500, circumstances)).toMatchObject({
      burns: true,
      reason: { code: 'crm-unclear' },
    })
  })

  it('longer with each try that was burned, not with each time it had to wait for others', () => {
    const wait = (counts: { attempts: number; deferrals: number }) => {
      const outcome = outcomeOf(answered500, { ...circumstances, ...counts })
      return outcome.kind === 'retry-later' ? outcome.notBefore - NOW : undefined
    }
    expect(wait({ attempts: 0, deferrals: 9 })).toBe(2_500)
    expect(wait({ attempts: 2, deferrals: 0 })).toBe(10_000)
  })
})

describe('a reason', () => {
  it('has issues where there are some, and names a bug by its class', () => {
    const rejected = outcomeOf(new CrmRejectedError('no', []), circumstances)
    expect(rejected).toEqual({ kind: 'parked', reason: { code: 'crm-rejected', message: 'no' } })
    expect(outcomeOf(new NotUnderstoodError('what?', ['field: is odd']), circumstances)).toMatchObject({
      reason: { issues: ['field: is odd'] },
    })
    expect(outcomeOf(new TypeError('x is undefined'), circumstances)).toMatchObject({
      burns: true,
      reason: { code: 'unexpected', message: 'TypeError: x is undefined' },
    })
    expect(outcomeOf('a text', circumstances)).toMatchObject({ reason: { message: 'Error: a text' } })
  })

  it('of the same cause has the same fingerprint, whatever was sent', () => {
    const rejected = (...issues: string[]) =>
      fingerprintOf({ code: 'crm-rejected', message: '', issues }, { calls: [call('create Cases', 'no')] })
    expect(rejected('name: "1" is bad', 'zip: x')).toBe(rejected('zip: y', 'name: "2" is worse'))
    expect(rejected('name: 1')).not.toBe(rejected('note: 1'))
    expect(rejected()).toMatch(/^crm-rejected-[0-9a-f]{8}$/)
  })

  it('of another request or another answer has another fingerprint', () => {
    const printAfter = (...calls: ReturnType<typeof call>[]) =>
      fingerprintOf({ code: 'x', message: '' }, { calls })
    const fingerprints = [
      printAfter(),
      printAfter(call('create Cases', '500')),
      printAfter(call('create Cases', '502')),
      printAfter(call('create Notes', '500')),
    ]
    expect(new Set(fingerprints).size).toBe(4)
    expect(printAfter(call('find Cases'), call('create Cases', '500'))).toBe(fingerprints[1])
  })
})

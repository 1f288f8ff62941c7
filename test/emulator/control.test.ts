import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Accounts } from '../../emulator/accounts.ts'
import { controlRoutes } from '../../emulator/faults/control.ts'
import type { Fault } from '../../emulator/faults/fault.ts'
import { Faults } from '../../emulator/faults/faults.ts'
import { Stats } from '../../emulator/stats.ts'
import { propertyRuns } from '../support/property.ts'

const HANG: Fault = { kind: 'hang' }
const RESET: Fault = { kind: 'reset', when: 'before-commit' }

function control() {
  const faults = new Faults(2000)
  const accounts = new Accounts([{ logon: 'Admin', password: 'old', userId: 1 }])
  const app = controlRoutes(faults, new Stats(), accounts, 2000)
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers = {},
    remoteAddress = '127.0.0.1',
  ) => {
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const incoming = { socket: { remoteAddress, remotePort: 50_000, remoteFamily: 'IPv4' } }
    const response = await app.request(path, init, { incoming })
    return { status: response.status, text: await response.text() }
  }
  return { faults, accounts, call }
}

describe('the control API', () => {
  it.each(['192.0.2.7', '10.0.0.1', '::ffff:192.0.2.7'])('does nothing for %s', async (address) => {
    const { faults, call } = control()
    expect((await call('POST', '/faults', { fault: HANG }, {}, address)).status).toBe(403)
    expect(faults.take('POST', 'Company')).toBeUndefined()
  })

  it.each(['https://elsewhere.example', 'null', 'http://127.0.0.1:5050'])(
    'does nothing for a page of %s',
    async (origin) => {
      const { faults, call } = control()
      expect((await call('POST', '/faults', { fault: HANG }, { origin })).status).toBe(403)
      expect(faults.take('POST', 'Company')).toBeUndefined()
    },
  )

  it('takes a list of rules whole or not at all', async () => {
    const { faults, call } = control()
    const { status, text } = await call('POST', '/faults', [{ fault: HANG }, { fault: HANG, skip: -1 }])
    expect([status, text]).toEqual([400, expect.stringContaining('1.skip')])
    expect(faults.take('GET', 'Cases')).toBeUndefined()
    expect((await call('POST', '/faults', [{ fault: HANG }, { fault: RESET }])).status).toBe(200)
    expect([faults.take('GET', 'Cases'), faults.take('GET', 'Cases')]).toEqual([HANG, RESET])
  })

  it('ends the random mix and leaves the rules', async () => {
    const { faults, call } = control()
    await call('PUT', '/random', { seed: 1, rates: { resetBefore: 1 } })
    expect(faults.take('POST', 'Company')).toEqual(RESET)
    await call('POST', '/faults', { fault: HANG })
    expect((await call('DELETE', '/random')).status).toBe(200)
    expect(faults.take('POST', 'Company')).toEqual(HANG)
    expect(faults.take('POST', 'Company')).toBeUndefined()
  })

  it.each([
    [{ seed: 'one', rates: {} }, 'seed'],
    [{ seed: 1 }, 'rates'],
    [{ seed: 1, rates: { explosion: 1 } }, 'explosion'],
    [{ seed: 1, rates: { resetBefore: 0.6, resetAfter: 0.5 } }, 'rates: must not add up to more than 1'],
  ])('refuses the mix %j', async (mix, named) => {
    const { call } = control()
    const { status, text } = await call('PUT', '/random', mix)
    expect([status, text]).toEqual([400, expect.stringContaining(named)])
  })

  it('changes passwords and locks accounts', async () => {
    const { accounts, call } = control()
    await call('POST', '/users/admin', { password: 'new' })
    expect(accounts.logOn('admin', 'new').result).toBe('accepted')
    await call('POST', '/users/admin', { locked: true })
    expect(accounts.logOn('admin', 'new').result).toBe('locked')
    await call('POST', '/users/admin', { locked: false })
    expect(accounts.logOn('admin', 'new').result).toBe('accepted')
  })

  it.each([
    ['nobody', { locked: true }, 404, 'nobody'],
    ['admin', { locked: 'yes' }, 400, 'locked'],
    ['admin', { pasword: 'new' }, 400, 'pasword'],
  ])('cannot change %s by %j', async (logon, body, expected, named) => {
    const { call } = control()
    const { status, text } = await call('POST', `/users/${logon}`, body)
    expect([status, text]).toEqual([expected, expect.stringContaining(named)])
  })
})

describe('rules', () => {
  it('count for themselves the requests that they skip', () => {
    const faults = new Faults(2000)
    faults.add({ method: 'POST', skip: 2, times: 1, fault: HANG })
    faults.add({ resource: 'CASES', skip: 0, times: 1, fault: RESET })
    const met = Array.from({ length: 4 }, () => faults.take('POST', 'Cases'))
    expect(met).toEqual([RESET, undefined, HANG, undefined])
  })

  it('that are skipping leave the request to the random mix', () => {
    const faults = new Faults(2000)
    faults.setRandom({ seed: 1, rates: { ...NO_RATES, resetBefore: 1 } })
    faults.add({ skip: 1, times: 1, fault: HANG })
    expect([faults.take('POST', 'Cases'), faults.take('POST', 'Cases')]).toEqual([RESET, HANG])
  })
})

const NO_RATES = {
  status429: 0,
  status500Before: 0,
  status500After: 0,
  resetBefore: 0,
  resetAfter: 0,
  lateCommit: 0,
}

describe('the random mix', () => {
  it('leaves reads alone, but for 429', () => {
    const faults = new Faults(2000)
    const rates = { ...NO_RATES, status429: 0.2, status500After: 0.4, resetAfter: 0.4 }
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('GET', 'HEAD'), (seed, method) => {
        faults.setRandom({ seed, rates })
        const met = Array.from({ length: 20 }, () => faults.take(method, 'Company'))
        expect(met.every((fault) => fault === undefined || 'status' in fault)).toBe(true)
        expect(met.some((fault) => fault?.kind === 'status' && fault.status === 500)).toBe(false)
      }),
      propertyRuns(),
    )
  })

  it('draws each fault about as often as its rate says', () => {
    const faults = new Faults(2000)
    faults.setRandom({ seed: 7, rates: { ...NO_RATES, resetBefore: 0.1, lateCommit: 0.3 } })
    const met = Array.from({ length: 10_000 }, () => faults.take('POST', 'Company')?.kind ?? 'none')
    const share = (kind: string) => met.filter((one) => one === kind).length / met.length
    expect(share('reset')).toBeCloseTo(0.1, 1)
    expect(share('late-commit')).toBeCloseTo(0.3, 1)
    expect(share('none')).toBeCloseTo(0.6, 1)
  })

  it('commits late within the longest request', () => {
    const faults = new Faults(120)
    faults.setRandom({ seed: 1, rates: { ...NO_RATES, lateCommit: 1 } })
    expect(faults.take('POST', 'Company')).toEqual({ kind: 'late-commit', ms: 60 })
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isLoopback } from '../../emulator/faults/loopback.ts'
import { startCrm, type TestCrm } from './crm.ts'

const GATECOM = { comp_name: 'Gatecom' }

async function companies({ get }: TestCrm): Promise<unknown> {
  return (await get('Company')).body['$totalResults']
}

/** Polls until a record appears: a late commit is late by nature. */
async function untilCommitted(crm: TestCrm): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await companies(crm)) === 1) return
    await sleep(10)
  }
  throw new Error('nothing was committed')
}

describe('a fault on demand', () => {
  it.each([
    ['before-commit', 0],
    ['after-commit', 1],
  ])('answers a status %s', async (when, count) => {
    const crm = await startCrm()
    const fault = { kind: 'status', status: 503, retryAfterS: 7, when }
    await crm.control('POST', 'faults', { method: 'POST', resource: 'company', fault })
    const { status, headers, body } = await crm.post('Company', GATECOM)
    expect([status, headers.get('retry-after')]).toEqual([503, '7'])
    expect(body).toHaveProperty('$diagnoses')
    expect(await companies(crm)).toBe(count)
    expect((await crm.post('Company', GATECOM)).status).toBe(201)
  })

  it.each([
    ['html', 'text/html', '<html>'],
    ['empty', null, ''],
    ['diagnoses', 'application/json', '{"$diagnoses"'],
  ])('answers with the body %s', async (body, type, start) => {
    const { control, get } = await startCrm()
    await control('POST', 'faults', { fault: { kind: 'status', status: 500, when: 'before-commit', body } })
    const { headers, text } = await get('Company')
    expect(headers.get('content-type')?.split(';')[0] ?? null).toBe(type)
    expect(text.startsWith(start) && (start !== '' || text === '')).toBe(true)
  })

  it.each([
    ['before-commit', 0],
    ['after-commit', 1],
  ])('resets the connection %s', async (when, count) => {
    const crm = await startCrm()
    await crm.control('POST', 'faults', { method: 'POST', fault: { kind: 'reset', when } })
    await expect(crm.post('Company', GATECOM)).rejects.toThrow('fetch failed')
    expect(await companies(crm)).toBe(count)
  })

  it('commits late, after the connection was reset', async () => {
    const crm = await startCrm()
    await crm.control('POST', 'faults', { method: 'POST', fault: { kind: 'late-commit', ms: 50 } })
    await expect(crm.post('Company', GATECOM)).rejects.toThrow('fetch failed')
    expect(await companies(crm)).toBe(0)
    await untilCommitted(crm)
  })

  it.each([[{ kind: 'late-commit', ms: 1900 }], [{ kind: 'latency', ms: 1900 }]])(
    'never commits what was waiting when the emulator closed: %j',
    async (fault) => {
      const directory = await mkdtemp(join(tmpdir(), 'emulator-'))
      onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
      const dataFile = join(directory, 'crm.db')
      const crm = await startCrm({ dataFile })
      await crm.control('POST', 'faults', { method: 'POST', fault })
      const posted = expect(crm.post('Company', GATECOM)).rejects.toThrow('fetch failed')
      await expect.poll(async () => (await crm.control('GET', 'stats')).body['concurrency']).toBe(1)
      await Promise.all([crm.emulator.close(), posted])
      expect(await companies(await startCrm({ dataFile }))).toBe(0)
    },
  )

  it('does not take the answer of a refused request for its own', async () => {
    const { control, post } = await startCrm()
    await control('POST', 'faults', { fault: { kind: 'status', status: 503, when: 'after-commit' } })
    expect((await post('Company', { comp_name: '' })).status).toBe(503)
    await control('POST', 'faults', { fault: { kind: 'reset', when: 'after-commit' } })
    await expect(post('Company', { comp_name: '' })).rejects.toThrow('fetch failed')
  })

  it('resets a hanging request when the longest request has passed, with nothing committed', async () => {
    const crm = await startCrm({ longestRequestMs: 120 })
    await crm.control('POST', 'faults', { method: 'POST', fault: { kind: 'hang' } })
    const startedAt = performance.now()
    await expect(crm.post('Company', GATECOM)).rejects.toThrow('fetch failed')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115)
    expect(await companies(crm)).toBe(0)
  })

  it('takes its time', async () => {
    const crm = await startCrm()
    await crm.control('POST', 'faults', { method: 'POST', fault: { kind: 'latency', ms: 60 } })
    const startedAt = performance.now()
    expect((await crm.post('Company', GATECOM)).status).toBe(201)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(58)
  })

  it('meets only the method and resource it is for, after skipping, as often as told', async () => {
    const { control, get, post } = await startCrm()
    const fault = { kind: 'status', status: 500, when: 'before-commit' }
    await control('POST', 'faults', { method: 'GET', resource: 'Cases', skip: 1, times: 2, fault })
    expect((await get('Company')).status).toBe(200)
    expect((await post('Cases', {})).status).toBe(201)
    const statuses = []
    for (let count = 0; count < 4; count += 1) statuses.push((await get('Cases')).status)
    expect(statuses).toEqual([200, 500, 500, 200])
  })

  it('is gone after DELETE', async () => {
    const { control, get } = await startCrm()
    await control('POST', 'faults', {
      times: 5,
      fault: { kind: 'status', status: 500, when: 'before-commit' },
    })
    await control('DELETE', 'faults')
    expect((await get('Company')).status).toBe(200)
  })

  it.each([
    [{ fault: { kind: 'explosion' } }, 'kind'],
    [{ fault: { kind: 'status', status: 42, when: 'before-commit' } }, 'status'],
    [{ fault: { kind: 'reset', when: 'sometime' } }, 'when'],
    [{ fault: { kind: 'latency', ms: -1 } }, 'ms'],
    [{ fault: { kind: 'late-commit', ms: 2000 } }, 'ms'],
    [{ times: 0, fault: { kind: 'hang' } }, 'times'],
    [{ method: 'BREW', fault: { kind: 'hang' } }, 'method'],
    [{ typo: 1, fault: { kind: 'hang' } }, 'typo'],
    ['{ "fault": ', ''],
  ])('that makes no sense is refused with 400 naming the field: %j', async (rule, named) => {
    const { control, get } = await startCrm()
    const { status, text } = await control('POST', 'faults', rule)
    expect([status, text]).toEqual([400, expect.stringContaining(named)])
    expect((await get('Company')).status).toBe(200)
  })
})

describe('the random mix', () => {
  const rates = { status500Before: 0.3, status429: 0.2 }

  async function statuses(seed: number): Promise<readonly number[]> {
    const { control, post } = await startCrm()
    await control('PUT', 'random', { seed, rates })
    const answers = []
    for (let count = 0; count < 40; count += 1) answers.push((await post('Company', GATECOM)).status)
    return answers
  }

  it('is the same for the same seed and another for another', async () => {
    const [first, again, other] = [await statuses(1), await statuses(1), await statuses(2)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([201, 429, 500]))
  })

  it('is refused when a rate is not between 0 and 1', async () => {
    const { control } = await startCrm()
    const { status, text } = await control('PUT', 'random', { seed: 1, rates: { status429: 2 } })
    expect([status, text]).toEqual([400, expect.stringContaining('status429')])
  })
})

describe('the statistics', () => {
  it('count requests by method and resource, and how many there were at once', async () => {
    const { control, get, post } = await startCrm()
    await control('POST', 'faults', { times: 3, resource: 'Cases', fault: { kind: 'latency', ms: 100 } })
    await Promise.all([get('Cases'), get("cases('1')"), get('Cases?count=1')])
    await post('Company', GATECOM)
    const { body } = await control('GET', 'stats')
    expect(body).toEqual({
      requests: 4,
      byMethodAndResource: { 'GET Cases': 3, 'POST Company': 1 },
      committed: { 'POST Company': 1 },
      concurrency: 0,
      concurrencyHighWater: 3,
    })
    await control('DELETE', 'stats')
    const after = (await control('GET', 'stats')).body
    expect(after).toMatchObject({ requests: 0, committed: {}, concurrencyHighWater: 0 })
  })

  it('tell the writes that took effect from those that did not, whatever was answered', async () => {
    const { control, post } = await startCrm()
    const fault = (when: string) => ({ resource: 'Company', fault: { kind: 'status', status: 500, when } })
    await control('POST', 'faults', [fault('before-commit'), fault('after-commit')])
    const answers = [
      await post('Company', GATECOM),
      await post('Company', GATECOM),
      await post('Company', {}),
    ]
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 400])
    expect((await control('GET', 'stats')).body).toMatchObject({
      byMethodAndResource: { 'POST Company': 3 },
      committed: { 'POST Company': 1 },
    })
  })
})

describe('the control API', () => {
  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.0.2.7', false],
    ['2001:db8::1', false],
    [undefined, false],
  ])('takes %s for this machine: %j', (address, expected) => {
    expect(isLoopback(address)).toBe(expected)
  })

  it('refuses web pages', async () => {
    const { emulator } = await startCrm()
    const headers = { origin: 'https://elsewhere.example' }
    expect((await fetch(`${emulator.controlUrl}/stats`, { headers })).status).toBe(403)
  })
})

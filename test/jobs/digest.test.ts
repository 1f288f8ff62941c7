import { expect, it } from 'vitest'
import { digest } from '../../lib/jobs/digest.ts'
import type { Notice } from '../../lib/values/notify.ts'
import { breakCrm } from '../support/crm.ts'
import { minute, startPipe, type TestPipe } from '../support/pipe.ts'

const HOUR_MS = 60 * 60_000

async function send({ pipe }: TestPipe) {
  const told: Notice[] = []
  const report = await digest({ ...pipe, notify: async (notice) => void told.push(notice) }, minute())
  const [notice = { subject: '', text: '', html: '' }] = told
  return { report, notice }
}

it('tells what came in, what became of it, and why', async () => {
  const started = await startPipe()
  await started.submit({ email: 'old@example.com', message: 'before yesterday' })
  started.advance(26 * HOUR_MS)
  await started.submit({ email: 'a@example.com', message: 'one' })
  await started.submit({ email: 'a@example.com', message: 'one' })
  await started.submit({ email: 'a@example.com', message: 'a bot', _gotcha: 'x' })
  await breakCrm(started.emulator, {
    resource: 'Cases',
    method: 'POST',
    fault: { kind: 'status', status: 422, when: 'before-commit' },
  })
  await started.submit({ email: 'b@example.com', message: 'refused' })
  started.advance(3 * HOUR_MS)
  const { report, notice } = await send(started)
  expect(report).toEqual({
    received: 3,
    done: 1,
    duplicates: 1,
    parked: 1,
    waiting: 0,
    outages: 0,
    broken: 0,
  })
  expect(notice.subject).toBe('test: 3 received, 1 done, 1 parked')
  expect(notice.text).toMatch(/^parked: 1 crm-rejected$/m)
  expect(notice.text).toMatch(/^slowest: \d+\.\d s contact:\w+$/m)
  expect(notice.text).toMatch(/^sent again: 1$/m)
  expect(notice.text).not.toMatch(/example\.com/)
})

it('has an HTML part that says the same, with a bar for every two hours and nothing to load', async () => {
  const started = await startPipe()
  await started.submit({ email: 'a@example.com', message: 'one' })
  started.advance(HOUR_MS)
  const { html = '' } = (await send(started)).notice
  expect(html.match(/<td style="padding-right:8px">\d\d:\d\d</g)).toHaveLength(12)
  expect(html.match(/bgcolor/g)).toHaveLength(1)
  expect(html).toMatch(
    /<td width="240" height="12" bgcolor="#2b6cb0"><\/td><td style="padding-left:6px">1<\/td>/,
  )
  expect(html).not.toMatch(/<img|<svg|<script|<style|https?:/)
  expect(html).toMatch(/received<\/td><td>1</)
})

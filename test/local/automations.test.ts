import { expect, it, onTestFinished } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { automationsOf, clockOf } from '../../local/automations.ts'
import { startControl } from '../../local/control.ts'

const config = defineConfig({
  installation: 'test',
  publicUrl: 'http://localhost',
  sources: {},
  automations: {
    'check-prototypes': { schedule: 'cron(0 2 * * ? *)', timeZone: 'Europe/Dublin' },
    'follow-up-quotes': { schedule: 'cron(0 7 ? * MON-FRI *)', timeZone: 'Europe/Dublin' },
  },
})

it('starts jobs at their times and asks automations every minute', async () => {
  const events: unknown[] = []
  const said: string[] = []
  const invoke = async (event: unknown) => {
    events.push(event)
    return { state: 'finished', report: { changed: 2 } }
  }
  const functions = new Map(['run-job', 'run-automation'].map((name) => [name, { invoke }] as const))
  const schedules = automationsOf(config, functions, (line) => said.push(line))
  expect(schedules.map(({ expression }) => expression)).toEqual(['cron(0 2 * * ? *)', 'rate(1 minute)'])
  for (const { run } of schedules) await run()
  expect(events).toEqual([{ job: 'check-prototypes' }, { automation: 'follow-up-quotes' }])
  expect(said).toEqual([expect.stringMatching(/follow-up-quotes: finished, 2 changed$/)])
})

it('says when everything runs next', () => {
  expect(clockOf(config, Date.parse('2026-07-03T12:00:00Z'))).toEqual([
    'check-prototypes at 2026-07-04 01:00 UTC',
    'follow-up-quotes at 2026-07-06 06:00 UTC',
  ])
})

it('runs one by hand, or says why it cannot', async () => {
  const control = await startControl(undefined, async (name, options) => {
    if (name === 'none') throw new Error('integration.config.ts has no automation "none"')
    return { state: 'finished', name, options }
  })
  onTestFinished(() => control.close())
  const post = (name: string) =>
    fetch(`${control.url}/automations/${name}`, { method: 'POST', body: JSON.stringify({ byHand: true }) })
  expect(await (await post('follow-up-quotes')).json()).toEqual({
    state: 'finished',
    name: 'follow-up-quotes',
    options: { byHand: true },
  })
  const refused = await post('none')
  expect([refused.status, await refused.text()]).toEqual([
    409,
    'integration.config.ts has no automation "none"\n',
  ])
})

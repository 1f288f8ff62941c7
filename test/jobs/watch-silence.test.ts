import { expect, it } from 'vitest'
import { watchSilence } from '../../lib/jobs/watch-silence.ts'
import type { Notice } from '../../lib/values/notify.ts'
import { minute, startPipe, type TestPipe } from '../support/pipe.ts'

const HOUR_MS = 60 * 60_000

/** A form that is sent every other hour, so many times. */
async function withRhythm(times: number) {
  const started = await startPipe()
  for (let time = 0; time < times; time += 1) {
    await started.submit({ email: 'a@example.com', message: `${time}` })
    started.advance(2 * HOUR_MS)
  }
  return started
}

async function watch({ pipe }: TestPipe) {
  const told: Notice[] = []
  const report = await watchSilence({ ...pipe, notify: async (notice) => void told.push(notice) }, minute())
  return { report, told }
}

it('a silence half as long again as ever is told once, and counted at each look', async () => {
  const started = await withRhythm(12)
  expect(await watch(started)).toEqual({ report: { watched: 1, silent: 0 }, told: [] })
  started.advance(2 * HOUR_MS)
  const { report, told } = await watch(started)
  expect([report, told.map(({ subject }) => subject)]).toEqual([
    { watched: 1, silent: 1 },
    ['Nothing from contact for an unusually long time'],
  ])
  expect(await watch(started)).toEqual({ report: { watched: 1, silent: 1 }, told: [] })
  expect(started.metrics.filter(({ name }) => name === 'silent').map(({ value }) => value)).toEqual([0, 1, 1])
})

it('the next silence is news again', async () => {
  const started = await withRhythm(12)
  started.advance(2 * HOUR_MS)
  await watch(started)
  await started.submit({ email: 'a@example.com', message: 'back' })
  started.advance(30 * HOUR_MS)
  expect((await watch(started)).told).toHaveLength(1)
})

it('a source that is heard of seldom has no rhythm', async () => {
  const started = await withRhythm(3)
  started.advance(300 * HOUR_MS)
  expect((await watch(started)).report).toEqual({ watched: 1, silent: 0 })
})

import { expect, it, vi } from 'vitest'
import { correlated, createLog } from '../../lib/runtime/log.ts'

it('puts the correlation id into every line of its work, also of work beside it', async () => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO')
  vi.stubEnv('POWERTOOLS_DEV', 'true')
  const lines: Record<string, unknown>[] = []
  const info = vi
    .spyOn(console, 'info')
    .mockImplementation((line: string) => void lines.push(JSON.parse(line)))
  const log = createLog()
  const work = async (eventId: string) => {
    await Promise.resolve()
    log.info('done', { eventId })
  }
  await Promise.all([correlated('one', () => work('a')), correlated('two', () => work('b'))])
  log.info('alone')
  const said = lines.map(({ message, eventId, correlationId }) => [message, eventId, correlationId])
  expect(said).toEqual([
    ['done', 'a', 'one'],
    ['done', 'b', 'two'],
    ['alone', undefined, undefined],
  ])
  info.mockRestore()
})

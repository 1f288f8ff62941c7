import { expect, it, onTestFinished } from 'vitest'
import { Installation } from '../../local/installation.ts'
import { walk } from './walk.ts'

it('walks the README: a case, one case, a quote, an outage, a kill, exactly 200 cases', {
  timeout: 170_000,
}, async () => {
  const installation = await Installation.create()
  onTestFinished(() => installation.remove())
  const said: string[] = []
  await walk(installation, (line) => said.push(line)).catch((error: unknown) => {
    throw new Error(`after:\n${said.join('\n')}\n${installation.output.slice(-4_000)}`, { cause: error })
  })
  expect(said).toHaveLength(11)
})

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { expect, it, onTestFinished, vi } from 'vitest'
import { previewCommand } from '../../cli/preview.ts'
import { breakCrm } from '../support/crm.ts'
import { TEST_USER } from '../support/pipe.ts'
import { type Operated, startOperated } from './events-support.ts'

const SNAPSHOT = 'lib/crm/prototypes/snapshot'
const BUSY = { kind: 'status', status: 429, when: 'before-commit' }

/** A data folder with a form that the CRM had no time for. */
async function startWaiting(): Promise<Operated & { readonly eventId: string }> {
  const operated = await startOperated()
  await breakCrm(operated.emulator, { method: 'POST', fault: BUSY })
  const { eventId } = await operated.submit({ message: 'Forty routers, please.' })
  return { ...operated, eventId }
}

async function preview({ eventId, emulator, folder }: Operated & { eventId: string }, more = {}) {
  const lines: string[] = []
  const print = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  onTestFinished(() => print.mockRestore())
  const program = new Command().exitOverride()
  const { logon: CRM_USER, password: CRM_PASSWORD } = TEST_USER
  previewCommand(program, { CRM_URL: emulator.baseUrl, CRM_USER, CRM_PASSWORD, ...more })
  await program.parseAsync(['preview', eventId, '--data', folder], { from: 'user' })
  return lines.join('\n')
}

/** Prototypes in which a case's description has ten characters. */
async function pull(folder: string) {
  await cp(SNAPSHOT, folder, { recursive: true })
  const file = path.join(folder, 'Cases.json')
  const cases = JSON.parse(await readFile(file, 'utf8')) as { fields: { name: string; maxLength?: number }[] }
  for (const field of cases.fields) if (field.name === 'Case_Description') field.maxLength = 10
  await writeFile(file, JSON.stringify(cases))
}

it('a preview checks against the committed prototypes where none were pulled', async () => {
  expect(await preview(await startWaiting())).toContain(
    'case_description  Contact form: Forty routers, please.',
  )
})

it('a preview checks against what npm start has pulled into its data folder', async () => {
  const waiting = await startWaiting()
  await pull(path.join(waiting.folder, 'prototypes'))
  expect(await preview(waiting)).toContain('case_description  Contact f…')
})

it('a preview checks against the folder that CRM_PROTOTYPES_DIR names', async () => {
  const waiting = await startWaiting()
  const folder = await mkdtemp(path.join(tmpdir(), 'prototypes-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await pull(folder)
  expect(await preview(waiting, { CRM_PROTOTYPES_DIR: folder })).toContain('case_description  Contact f…')
})

it('a preview says so where the prototypes of a real CRM are not there yet', async () => {
  const waiting = await startWaiting()
  await mkdir(path.join(waiting.folder, 'prototypes'))
  await expect(preview(waiting)).rejects.toThrow(/no prototypes in .* yet/)
})

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type EmulatorOptions, startEmulator } from '../../emulator/server.ts'
import { NotYetError } from '../../lib/crm/journal.ts'
import { ENTITY_NAMES, loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { entityLoader } from '../../lib/runtime/prototypes.ts'
import { bindToCrm } from '../../local/crm-identity.ts'
import { readOptions } from '../../local/options.ts'
import { pullUntilThere, realCrm } from '../../local/real-crm.ts'
import { TEST_USER } from '../support/pipe.ts'

async function setUp(password = TEST_USER.password, options: EmulatorOptions = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'crm-'))
  const emulator = await startEmulator({ users: [TEST_USER], ...options })
  onTestFinished(async () => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  })
  const environment = { CRM_USER: TEST_USER.logon, CRM_PASSWORD: password }
  return { emulator, crm: await realCrm(emulator.baseUrl, folder, environment) }
}

describe('a real CRM', () => {
  it('has its prototypes pulled, and they are what the committed snapshot is', async () => {
    const { crm } = await setUp()
    const said: string[] = []
    await pullUntilThere(crm, (line) => said.push(line))
    expect(said).toEqual(['prototypes pulled from the CRM'])
    expect((await readdir(crm.prototypes)).toSorted()).toEqual(
      ENTITY_NAMES.map((name) => `${name}.json`).toSorted(),
    )
    for (const name of ENTITY_NAMES) {
      const pulled = JSON.parse(await readFile(path.join(crm.prototypes, `${name}.json`), 'utf8'))
      expect(pulled).toEqual(await loadEntity(name))
    }
  })

  it('whose prototypes name no codes has its lists pulled from Custom_Captions', async () => {
    const { crm } = await setUp(TEST_USER.password, { dialect: '2019R2' })
    const said: string[] = []
    await pullUntilThere(crm, (line) => said.push(line))
    expect(said).toEqual([expect.stringContaining('crm.captionFamilies'), 'prototypes pulled from the CRM'])
    expect(await entityLoader(crm.prototypes, () => 0)('cases')).toEqual(await loadEntity('Cases'))
  })

  it('is written to only once its prototypes are there', async () => {
    const { crm } = await setUp()
    const load = entityLoader(crm.prototypes, () => 1_000)
    await expect(load('cases')).rejects.toThrow(NotYetError)
    await pullUntilThere(crm, () => undefined)
    expect((await load('cases')).name).toBe('Cases')
  })

  it('that refuses the user is asked once only', async () => {
    const { crm, emulator } = await setUp('wrong')
    const said: string[] = []
    await pullUntilThere(crm, (line) => said.push(line))
    expect(said).toEqual([expect.stringContaining('401')])
    const stats = (await (await fetch(`${emulator.controlUrl}/stats`)).json()) as { requests: number }
    expect(stats.requests).toBe(1)
  })

  it('keeps its data folder to itself', async () => {
    const { crm } = await setUp()
    const folder = path.dirname(crm.prototypes)
    await bindToCrm(folder, crm.url)
    await bindToCrm(folder, crm.url)
    await expect(bindToCrm(folder, 'emulator')).rejects.toThrow(`belongs to ${crm.url}, not to emulator`)
  })

  it('needs a user, named by the variable that is missing', async () => {
    await expect(realCrm('https://crm.example.com/-', 'nowhere', {})).rejects.toThrow(/CRM_USER/)
  })
})

describe('the options of npm start', () => {
  it('bind to this machine only unless told otherwise', () => {
    expect(readOptions([])).toEqual({
      port: 4000,
      emulatorPort: 5050,
      host: '127.0.0.1',
      data: '.data',
      fresh: false,
      rateLimit: 300,
    })
  })

  it.each([
    [['--port', 'http'], /--port/],
    [['--port', '70000'], /--port/],
    [['--crm', 'crm.example.com'], /--crm/],
    [['--crm', 'https://user:secret@crm.example.com/-'], /--crm.*without a user name/],
    [['--password', 'x'], /--password/],
  ])('refuse %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message)
  })
})

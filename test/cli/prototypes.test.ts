import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startEmulator } from '../../emulator/server.ts'
import { createCrmClient } from '../../lib/crm/client.ts'
import { ENTITY_NAMES, loadEntity } from '../../lib/crm/prototypes/snapshot.ts'

/** `npm run cli -- prototypes …` in a process of its own. */
async function prototypes(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['cli/main.ts', 'prototypes', ...args], {
    env: { ...process.env, CRM_USER: 'admin', CRM_PASSWORD: 'admin', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((exited) => child.on('exit', exited))
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { out, errors, code }
}

async function emulated() {
  const emulator = await startEmulator({})
  onTestFinished(() => emulator.close())
  return emulator
}

/** Takes a code out of a list and hides the marker column. */
async function change({ baseUrl, controlUrl }: Awaited<ReturnType<typeof emulated>>): Promise<void> {
  const credentials = { user: 'admin', password: 'admin' }
  const crm = createCrmClient({ baseUrl, credentials, requestTimeoutMs: 5_000, entities: loadEntity })
  const { rows } = await crm
    .entity('Custom_Captions')
    .find({ op: 'eq', field: 'capt_family', value: 'Case_Source' })
  const web = rows.find((row) => row.get('capt_code') === 'Web')
  await crm.entity('Custom_Captions').delete(web?.key ?? '')
  crm.close()
  await fetch(`${controlUrl}/users/admin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ access: { hidden: ['case_customerref'] } }),
  })
}

describe('prototypes pull', () => {
  it('copies every entity into a folder, and leaves generated.ts alone where it is not the snapshot', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pulled-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const { baseUrl } = await emulated()
    const { out, code } = await prototypes(['pull', '--crm', baseUrl, '--to', folder])
    expect({ out, code }).toEqual({
      out: `${ENTITY_NAMES.length} prototypes pulled into ${folder}\n`,
      code: 0,
    })
    expect(await readdir(folder)).toEqual(ENTITY_NAMES.map((name) => `${name}.json`).toSorted())
  })
})

describe('prototypes check', () => {
  it('finds nothing in a CRM that is what the snapshot says', async () => {
    const { baseUrl } = await emulated()
    const { out, errors, code } = await prototypes(['check', '--crm', baseUrl])
    expect({ out, errors, code }).toEqual({
      out: 'the CRM is what the snapshot says\n',
      errors: '',
      code: 0,
    })
  })

  it('fails on a CRM that has changed, and names the mappings that break', async () => {
    const emulator = await emulated()
    await change(emulator)
    const { out, code } = await prototypes(['check'], { CRM_URL: emulator.baseUrl })
    expect(code).toBe(1)
    expect(out).toMatch(/Cases\.Case_CustomerRef .*removed .*crm\.markerFields\.Cases/)
    expect(out).toMatch(/Cases\.Case_Source .*list .*sources\.contact/)
    expect(out).toMatch(/4 changes, 2 of them break what is configured/)
  })

  it('says the same as one JSON document', async () => {
    const emulator = await emulated()
    await change(emulator)
    const { out, code } = await prototypes(['check', '--json', '--crm', emulator.baseUrl])
    const { drift, notes } = JSON.parse(out) as {
      drift: { field: string; breaks: string[] }[]
      notes: string[]
    }
    expect(drift.map(({ field, breaks }) => [field, breaks])).toEqual([
      ['Case_CustomerRef', ['crm.markerFields.Cases']],
      ['Case_Source', ['sources.contact']],
      ['Case_CustomerRef', []],
      ['Case_Source', []],
    ])
    expect({ code, notes }).toEqual({ code: 1, notes: [] })
  })

  it('without a CRM looks at the generated files alone', async () => {
    const { out, code } = await prototypes(['check'], { CRM_URL: '' })
    expect({ out, code }).toEqual({ out: 'the generated files are what would be written\n', code: 0 })
  })

  it('says which address and user are missing', async () => {
    const { errors, code } = await prototypes(['pull', '--crm', 'http://127.0.0.1:1/-'], { CRM_USER: '' })
    expect({ errors, code }).toEqual({ errors: expect.stringContaining('CRM_USER'), code: 1 })
  })
})

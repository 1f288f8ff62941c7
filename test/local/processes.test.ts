import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startChild } from '../../local/child.ts'
import { DataFolderLockedError, openDataFolder } from '../../local/data-folder.ts'
import { freePort } from '../../local/ports.ts'

const FIXTURES = path.join(import.meta.dirname, '../fixtures/local')
const instance = { pid: 1, url: 'http://a.example', control: 'http://b.example', crm: 'http://c.example' }

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'folder-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe('a data folder', () => {
  it('is held by one process, and the other is told by whom', async () => {
    const folder = await temporaryFolder()
    const child = await startChild(path.join(FIXTURES, 'hold-data-folder.ts'), [folder])
    onTestFinished(() => child.stop())
    const open = openDataFolder(folder, { fresh: true })
    await expect(open).rejects.toThrow(DataFolderLockedError)
    await expect(open).rejects.toThrow(/in use by process \d+, http:\/\/held\.example/)
  })

  it('is free again the moment its holder is killed', async () => {
    const folder = await temporaryFolder()
    const child = spawn(process.execPath, [path.join(FIXTURES, 'hold-data-folder.ts'), folder], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await once(child, 'message')
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
    const held = await openDataFolder(folder, { fresh: false })
    await held.close()
  })

  it('keeps what is in it, unless it is to be fresh', async () => {
    const folder = await temporaryFolder()
    const first = await openDataFolder(folder, { fresh: false })
    await writeFile(path.join(folder, 'ledger.db'), 'x')
    await mkdir(path.join(folder, 'prototypes'))
    await first.announce(instance)
    await first.close()
    expect(await readdir(folder)).toContain('ledger.db')
    await (await openDataFolder(folder, { fresh: false })).close()
    expect(await readdir(folder)).toContain('ledger.db')
    await (await openDataFolder(folder, { fresh: true })).close()
    expect(await readdir(folder)).toEqual(['lock.db'])
  })

  it('is not emptied when it is somebody else’s', async () => {
    const folder = await temporaryFolder()
    await writeFile(path.join(folder, 'thesis.txt'), 'years of work')
    await expect(openDataFolder(folder, { fresh: true })).rejects.toThrow(/not ours/)
    expect(await readdir(folder)).toEqual(['thesis.txt'])
  })
})

describe('a child process', () => {
  it('that fails at its start is an error with what it said', async () => {
    const start = startChild(path.join(FIXTURES, 'fail-at-start.ts'), [])
    await expect(start).rejects.toThrow(/ended with 3 .*no port for me/s)
  })

  it('ends with its parent, however that ends', async () => {
    const folder = await temporaryFolder()
    const program = `
      import { startChild } from ${JSON.stringify(path.join(import.meta.dirname, '../../local/child.ts'))}
      await startChild(${JSON.stringify(path.join(FIXTURES, 'hold-data-folder.ts'))}, [${JSON.stringify(folder)}])
      process.send('started')
      setInterval(() => undefined, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await once(parent, 'message')
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    await expect
      .poll(() => openDataFolder(folder, { fresh: false }).then((held) => held.close()), { timeout: 5_000 })
      .toBeUndefined()
  })
})

it('takes the wanted port when it is free and another when it is not', async () => {
  const server = net.createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port: taken } = server.address() as net.AddressInfo
  const other = await freePort(taken, '127.0.0.1')
  expect(other).not.toBe(taken)
  await new Promise((closed) => server.close(closed))
  expect(await freePort(taken, '127.0.0.1')).toBe(taken)
})

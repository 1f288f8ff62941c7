import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ListQueuesCommand } from '@aws-sdk/client-sqs'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod'
import { startChild } from '../../local/child.ts'
import { DataFolderLockedError, openDataFolder } from '../../local/data-folder.ts'
import { httpAddress, portOrAny } from '../../local/ports.ts'
import { sqsClient } from '../../local/sqs-server.ts'

const FIXTURES = path.join(import.meta.dirname, '../fixtures/local')
const instance = { pid: 1, url: 'http://a.example', control: 'http://b.example', crm: 'http://c.example' }

const SqsReady = z.object({ endpoint: z.string(), queueUrls: z.record(z.string(), z.string()) })

async function startSqs(...args: string[]) {
  const child = await startChild(path.join(import.meta.dirname, '../../local/sqs-main.ts'), args)
  onTestFinished(() => child.stop())
  return child
}

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

  it.each([true, false])(
    'is neither emptied nor used when it is somebody else’s (fresh: %s)',
    async (fresh) => {
      const folder = await temporaryFolder()
      await writeFile(path.join(folder, 'thesis.txt'), 'years of work')
      await expect(openDataFolder(folder, { fresh })).rejects.toThrow(/holds other files/)
      expect(await readdir(folder)).toEqual(['thesis.txt'])
    },
  )

  it('is created for its owner alone, and says who holds it until it is closed', async () => {
    const folder = path.join(await temporaryFolder(), 'a', 'b')
    const held = await openDataFolder(folder, { fresh: false })
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    await held.announce(instance)
    expect(JSON.parse(await readFile(path.join(folder, 'instance.json'), 'utf8'))).toEqual(instance)
    await held.close()
    expect(await readdir(folder)).toEqual(['lock.db'])
  })

  it('does not speak of another holder when its lock file is broken', async () => {
    const folder = await temporaryFolder()
    await writeFile(
      path.join(folder, 'lock.db'),
      'not a database, but long enough to be taken for one'.repeat(100),
    )
    const open = openDataFolder(folder, { fresh: false })
    await expect(open).rejects.not.toThrow(DataFolderLockedError)
    await expect(open).rejects.toThrow(/cannot be locked: .*not a database/)
  })
})

describe('a child process', () => {
  it('that fails at its start is an error with what it said', async () => {
    const start = startChild(path.join(FIXTURES, 'fail-at-start.ts'), [])
    await expect(start).rejects.toThrow(/ended with 3 .*no port for me/s)
  })

  it('has the environment it is given and no other', async () => {
    const { ready, pid, stop } = await startChild(path.join(FIXTURES, 'say-environment.ts'), [], {
      env: { COLOUR: 'blue' },
    })
    onTestFinished(stop)
    expect(ready).toMatchObject({ pid, env: { COLOUR: 'blue', LOCAL_CHILD: '1' } })
    expect(ready).not.toHaveProperty('env.PATH')
  })

  it('says how it ended', async () => {
    const child = await startChild(path.join(FIXTURES, 'say-environment.ts'), ['5'])
    expect(await child.exited).toBe(5)
    await child.stop()
  })

  it('that does not listen is killed', async () => {
    const child = await startChild(path.join(FIXTURES, 'ignore-sigterm.ts'), [], { stopWithinMs: 100 })
    await child.stop()
    expect(await child.exited).toBeNull()
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

describe('the SQS process', () => {
  it('has the queues it is given and leaves Ctrl-C to its parent', async () => {
    const child = await startSqs('--queues', '{"Work":{"visibilityTimeoutS":30}}')
    const { endpoint, queueUrls } = SqsReady.parse(child.ready)
    process.kill(child.pid, 'SIGINT')
    const client = sqsClient(endpoint)
    onTestFinished(() => client.destroy())
    for (let request = 1; request <= 20; request += 1) {
      const { QueueUrls } = await client.send(new ListQueuesCommand({}))
      expect(QueueUrls).toEqual([queueUrls['Work']])
    }
    await child.stop()
    expect(await child.exited).toBe(0)
  })

  it.each([
    [['--queues', 'nonsense'], /--queues must be JSON/],
    [['--queues', '{"Work":{}}'], /--queues\.Work\.visibilityTimeoutS/],
    [['--port', 'http'], /--port/],
    [
      [
        '--queues',
        '{"Work":{"visibilityTimeoutS":1,"redrive":{"deadLetterQueue":"No","maxReceiveCount":1}}}',
      ],
      /queue "Work": its dead-letter queue "No"/,
    ],
  ])('does not start with %s', async (args, message) => {
    await expect(startSqs(...args)).rejects.toThrow(message)
  })
})

it('takes the wanted port when it is free, and leaves the choice to the system when it is not', async () => {
  const server = net.createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port: taken } = server.address() as net.AddressInfo
  expect(await portOrAny(taken, '127.0.0.1')).toBe(0)
  await new Promise((closed) => server.close(closed))
  expect(await portOrAny(taken, '127.0.0.1')).toBe(taken)
})

it.each([
  ['127.0.0.1', 'http://127.0.0.1:4000'],
  ['localhost', 'http://localhost:4000'],
  ['::1', 'http://[::1]:4000'],
])('the address of %s is %s', (host, address) => {
  expect(httpAddress(host, 4000)).toBe(address)
})

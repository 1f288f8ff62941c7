import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdtemp, open, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { storeClock } from '../../lib/delivery/store/clock-offset.ts'
import { type Blobs, blobName } from '../../lib/delivery/store/spill.ts'
import { folderBlobs } from '../../lib/delivery/store/spill-folder.ts'
import { s3Blobs } from '../../lib/delivery/store/spill-s3.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { CREDENTIALS } from '../support/dynamodb.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'
import { startS3 } from '../support/s3.ts'

const DAY_MS = 24 * 60 * 60_000
const BUCKET = 'ledger-spill'

const PLACES: readonly (readonly [string, () => Promise<Blobs>])[] = [
  ['S3', s3],
  ['a folder', async () => folderBlobs(await temporaryFolder())],
]

describe.each(PLACES)('%s for spilled values', (_, open) => {
  it('gives back the bytes that were put', async () => {
    const blobs = await open()
    const bytes = randomBytes(1_200_000)
    await blobs.put('kept/one', bytes)
    expect((await blobs.get('kept/one'))?.equals(bytes)).toBe(true)
  })

  it('has nothing under a name nobody put', async () => {
    expect(await (await open()).get('kept/nobody')).toBeUndefined()
  })

  it('may be given the same blob twice', async () => {
    const blobs = await open()
    for (const _ of [1, 2]) await blobs.put('32d/one', Buffer.from('same'))
    expect((await blobs.get('32d/one'))?.toString()).toBe('same')
  })

  it('forgets what is deleted, and does not mind when it is not there', async () => {
    const blobs = await open()
    await blobs.put('kept/one', Buffer.from('x'))
    for (const _ of [1, 2]) await blobs.delete('kept/one')
    expect(await blobs.get('kept/one')).toBeUndefined()
  })
})

it('takes a missing permission for a failure and not for a missing blob', async () => {
  const server = await misbehavingServer(answers(403, '<Error><Code>AccessDenied</Code></Error>'))
  const blobs = connected(new URL(server.baseUrl).origin)
  for (const work of [blobs.get('kept/a'), blobs.put('kept/a', Buffer.from('x')), blobs.delete('kept/a')]) {
    await expect(work).rejects.toThrow(new StoreUnavailableError('the store answered 403 AccessDenied'))
  }
})

it('signs what goes to S3, with the hash of the body', async () => {
  const seen: NodeJS.Dict<string | string[]>[] = []
  const server = await misbehavingServer((request, response) => {
    seen.push(request.headers)
    answers(200)(request, response)
  })
  await connected(new URL(server.baseUrl).origin).put('kept/a', Buffer.from('abc'))
  expect(server.requests).toEqual([`PUT /${BUCKET}/kept/a`])
  expect(seen[0]).toMatchObject({
    'x-amz-content-sha256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'x-amz-security-token': 'session',
    'content-type': 'application/octet-stream',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-west-1\/s3\/aws4_request/,
    ),
  })
})

it('removes from a folder what is older than its name says, and nothing that is kept', async () => {
  const folder = await temporaryFolder()
  let now = Date.now()
  const blobs = folderBlobs(folder, () => now)
  const names = ['kept/old', '32d/old', '32d/young', '512d/old']
  for (const name of names) await blobs.put(name, Buffer.from('x'))
  for (const name of names.filter((name) => name.endsWith('old'))) {
    const before = new Date(now - 40 * DAY_MS)
    await utimes(path.join(folder, name), before, before)
  }
  now += DAY_MS
  await blobs.put('kept/new', Buffer.from('x'))
  expect((await readdir(folder, { recursive: true })).filter((name) => /\//.test(name)).toSorted()).toEqual(
    ['kept/old', '32d/young', '512d/old', 'kept/new'].toSorted(),
  )
})

it('is unavailable when the folder cannot be written', async () => {
  const file = path.join(await temporaryFolder(), 'a-file')
  await writeFile(file, '')
  const blobs = folderBlobs(file)
  const failed = (what: string) =>
    expect.objectContaining({
      name: 'StoreUnavailableError',
      message: `a spilled value cannot be ${what}`,
      cause: expect.objectContaining({ code: 'ENOTDIR' }),
    })
  await expect(blobs.put('kept/a', Buffer.from('x'))).rejects.toEqual(failed('written'))
  await expect(blobs.get('kept/a')).rejects.toEqual(failed('read'))
  await expect(blobs.delete('kept/a/b')).rejects.toEqual(failed('removed'))
})

it('has the file and its folder on the disk before it says so, and leaves neither open', async () => {
  const folder = await temporaryFolder()
  const probe = await open(folder, 'r')
  const prototype = Object.getPrototypeOf(probe) as FileHandle
  await probe.close()
  const synced: FileHandle[] = []
  const sync = prototype.sync
  vi.spyOn(prototype, 'sync').mockImplementation(function (this: FileHandle) {
    synced.push(this)
    return sync.call(this)
  })
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
  await folderBlobs(folder).put('kept/a', Buffer.from('x'))
  expect(synced.map(({ fd }) => fd)).toEqual(process.platform === 'win32' ? [-1] : [-1, -1])
})

it('looks for what is too old once a day', async () => {
  const folder = await temporaryFolder()
  const began = Date.now()
  let now = began
  const blobs = folderBlobs(folder, () => now)
  await blobs.put('32d/old', Buffer.from('x'))
  await utimes(path.join(folder, '32d/old'), new Date(0), new Date(0))
  now = began + DAY_MS - 1
  await blobs.put('kept/a', Buffer.from('x'))
  expect(await blobs.get('32d/old')).toBeDefined()
  now = began + DAY_MS
  await blobs.put('kept/b', Buffer.from('x'))
  expect(await blobs.get('32d/old')).toBeUndefined()
})

it.each([200, 204])('takes %i as the answer to a removal from S3', async (status) => {
  const server = await misbehavingServer(answers(status))
  await connected(new URL(server.baseUrl).origin).delete('kept/a')
  expect(server.requests).toEqual([`DELETE /${BUCKET}/kept/a`])
})

it.each([
  [undefined, 'kept'],
  [1, '32d'],
  [32, '32d'],
  [33, '128d'],
  [401, '512d'],
  [2048, '2048d'],
  [2049, 'kept'],
])('keeps the blob of an item that lives %s days under %s', (days, folder) => {
  expect(blobName('id', days === undefined ? undefined : days * DAY_MS)).toBe(`${folder}/id`)
})

async function s3(): Promise<Blobs> {
  const server = await startS3(BUCKET)
  onTestFinished(() => server.close())
  return connected(server.endpoint)
}

function connected(endpoint: string): Blobs {
  const credentials = () => ({ ...CREDENTIALS, sessionToken: 'session' })
  const connection = { region: 'eu-west-1', endpoint, credentials, clock: storeClock() }
  const blobs = s3Blobs(BUCKET, connection, { random: () => 0, sleep: async () => undefined })
  onTestFinished(() => blobs.close())
  return blobs
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spill-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

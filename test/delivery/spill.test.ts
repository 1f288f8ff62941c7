import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
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
  await expect(blobs.put('kept/a', Buffer.from('x'))).rejects.toThrow(StoreUnavailableError)
  await expect(blobs.get('kept/a')).rejects.toThrow(StoreUnavailableError)
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

import { readFile } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { checkReach } from '../../cli/doctor/reach.ts'

const FIXTURES = path.join(import.meta.dirname, '../fixtures/tls')
const NOW = new Date('2026-11-24T00:00:00Z')
const SHORTLY_BEFORE_ITS_END = new Date('2126-10-20T00:00:00Z')

/** A server with a certificate for `localhost` that its own CA, `ca`, has signed. */
async function server() {
  const [cert, key] = await Promise.all(
    ['certificate.pem', 'key.pem'].map((file) => readFile(path.join(FIXTURES, file), 'utf8')),
  )
  const requests: string[] = []
  const listening = https.createServer({ cert, key }, (request) => requests.push(request.url ?? ''))
  await new Promise<void>((ready) => listening.listen(0, 'localhost', ready))
  onTestFinished(() => {
    listening.close()
  })
  const { port } = listening.address() as AddressInfo
  const tls = async (host: string, ca: string | undefined, now = NOW) => {
    const [reached, found] = await checkReach(new URL(`https://${host}:${port}/sdata`), ca, now)
    expect(reached).toMatchObject({ what: 'reachable', ok: true })
    expect(requests).toEqual([])
    return found
  }
  return { tls, ca: cert }
}

it('a certificate of a CA of its own is trusted when that was given, and its end is named', async () => {
  const { tls, ca } = await server()
  const found = await tls('localhost', ca)
  expect(found).toMatchObject({ what: 'TLS', ok: true, said: expect.stringMatching(/TLSv1\.[23], .* 2126/) })
})

it('a certificate that nobody vouches for is named, with what to do', async () => {
  const { tls } = await server()
  const found = await tls('localhost', undefined)
  expect(found).toMatchObject({ what: 'TLS', ok: false, said: expect.stringContaining('CERT') })
  expect(found?.todo).toContain('CRM_CA_FILE')
})

it('a certificate for another name is not trusted', async () => {
  const { tls, ca } = await server()
  expect(await tls('127.0.0.1', ca)).toMatchObject({ what: 'TLS', ok: false })
})

it('a certificate that ends within a month is worth knowing', async () => {
  const { tls, ca } = await server()
  const found = await tls('localhost', ca, SHORTLY_BEFORE_ITS_END)
  expect(found).toMatchObject({ what: 'TLS', ok: undefined, todo: 'renew the certificate' })
})

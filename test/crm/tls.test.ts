import { readFile } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createCrmClient } from '../../lib/crm/client.ts'
import { CrmCredentialsError, CrmUnreachableError } from '../../lib/crm/errors.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'

const FIXTURES = path.join(import.meta.dirname, '../fixtures/tls')

async function setUp() {
  const [cert, key] = await Promise.all(
    ['certificate.pem', 'key.pem'].map((file) => readFile(path.join(FIXTURES, file), 'utf8')),
  )
  const requests: string[] = []
  const server = https.createServer({ cert, key }, (request, response) => {
    requests.push(request.headers.authorization ?? '')
    response.setHeader('content-type', 'application/json').end('{ "$totalResults": 0, "$resources": [] }')
  })
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening))
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const ask = (scheme: string, host: string, ca?: string) => {
    const baseUrl = `${scheme}://${host}:${port}/sdata/crmj/sagecrm2/-`
    const options = {
      baseUrl,
      credentials: { user: 'a', password: 'b' },
      requestTimeoutMs: 2_000,
      entities: loadEntity,
    }
    const client = createCrmClient({ ...options, ...(ca !== undefined && { ca }) })
    onTestFinished(() => client.close())
    return client.entity('Company').feed({ count: 1 })
  }
  return { ask, requests, ca: cert }
}

it('trusts the certificate of a CA it was given', async () => {
  const { ask, ca } = await setUp()
  expect(await ask('https', 'localhost', ca)).toMatchObject({ totalResults: 0 })
})

it('sends nothing to a server whose certificate it does not trust, or that is somebody else’s', async () => {
  const { ask, requests, ca } = await setUp()
  await expect(ask('https', 'localhost')).rejects.toThrow(CrmCredentialsError)
  await expect(ask('https', '127.0.0.1', ca)).rejects.toThrow(CrmCredentialsError)
  expect(requests).toEqual([])
})

it('takes a failed handshake for certainly not committed', async () => {
  const { baseUrl } = await plainServer()
  const options = {
    baseUrl,
    credentials: { user: 'a', password: 'b' },
    requestTimeoutMs: 2_000,
    entities: loadEntity,
  }
  const client = createCrmClient(options)
  onTestFinished(() => client.close())
  await expect(client.entity('Company').create({ comp_name: 'Acme' })).rejects.toThrow(CrmUnreachableError)
})

/** Speaks HTTP where HTTPS is expected. */
async function plainServer() {
  const { misbehavingServer, answers } = await import('../support/misbehaving-server.ts')
  const { baseUrl } = await misbehavingServer(answers(200))
  return { baseUrl: baseUrl.replace('http:', 'https:') }
}

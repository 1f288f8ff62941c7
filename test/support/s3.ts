import type { AddressInfo } from 'node:net'
import { buildApp } from 'fauxqs'

export type S3Server = {
  readonly endpoint: string
  /** Names of the blobs in the bucket. */
  list(): Promise<readonly string[]>
  close(): Promise<void>
}

/** A server that speaks S3's protocol, with one bucket, in memory. */
export async function startS3(bucket: string): Promise<S3Server> {
  const app = buildApp({ logger: false })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  await ask(`${endpoint}/${bucket}`, 'PUT')
  return {
    endpoint,
    list: async () => {
      const listed = await ask(`${endpoint}/${bucket}?list-type=2`, 'GET')
      return [...listed.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key)
    },
    close: async () => void (await app.close()),
  }
}

async function ask(url: string, method: string): Promise<string> {
  const response = await fetch(url, { method })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`)
  return text
}

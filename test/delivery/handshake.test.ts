import { describe, expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { NoDeliveryError, shakeHands } from '../../lib/delivery/handshake.ts'
import { type Address, UnknownInstanceError } from '../../lib/delivery/instances.ts'
import type { HttpRequest } from '../../lib/intake/request.ts'
import { loadSource } from '../../lib/sources/index.ts'
import type { Handshake } from '../../lib/sources/source.ts'

const CONTACT = { kind: 'form', name: 'contact' } as const
const ANSWER: Handshake = { status: 200, body: 'pong' }
const config = defineConfig({
  installation: 'test',
  publicUrl: 'http://localhost',
  sources: { contact: { source: 'web-form' } },
})
const POST: HttpRequest = {
  method: 'POST',
  path: '/forms/contact',
  rawQuery: '',
  headers: {},
  body: Buffer.from(''),
  sourceIp: '127.0.0.1',
}

/** An instance whose source answers, or not, what is not posted. */
function setUp(answer?: Handshake) {
  const counted: unknown[] = []
  const pipe = {
    config,
    secret: async () => [],
    loadSource: async (name: string) => {
      const source = await loadSource(name)
      return { ...source, handshake: ({ method }: HttpRequest) => (method === 'GET' ? answer : undefined) }
    },
    metrics: { count: (...one: unknown[]) => void counted.push(one) },
  }
  return {
    counted,
    ask: (method: string, at: Address = CONTACT) => shakeHands({ ...POST, method }, at, pipe),
  }
}

describe('what is asked of an instance', () => {
  it('and is a handshake of its source is answered and counted', async () => {
    const { ask, counted } = setUp(ANSWER)
    expect(await ask('GET')).toBe(ANSWER)
    expect(counted).toEqual([['handshakes', 1, 'contact']])
  })

  it('and is posted otherwise is a delivery', async () => {
    const { ask, counted } = setUp(ANSWER)
    expect(await ask('POST')).toBeUndefined()
    expect(counted).toEqual([])
  })

  it('and is neither is refused', async () => {
    await expect(setUp(ANSWER).ask('PUT')).rejects.toThrow(NoDeliveryError)
    await expect(setUp().ask('GET')).rejects.toThrow(NoDeliveryError)
  })

  it('and is not configured is nowhere', async () => {
    await expect(setUp().ask('POST', { kind: 'form', name: 'nobody' })).rejects.toThrow(UnknownInstanceError)
  })

  it('may be of a source that shakes no hands', async () => {
    const pipe = { config, secret: async () => [], loadSource, metrics: { count: () => undefined } }
    expect(await shakeHands(POST, CONTACT, pipe)).toBeUndefined()
  })
})

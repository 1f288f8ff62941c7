import { describe, expect, test } from 'vitest'
import { VendorRefusedError, VendorUnavailableError } from '../../lib/sources/errors.ts'
import type { Json, Listed, Source, SourceContext, VendorApi, Verified } from '../../lib/sources/source.ts'
import { deliveryOf, shopContext, type Telling } from './tell.ts'
import { vendorStandIn } from './vendor-stand-in.ts'

export type ThinSource = {
  readonly source: Source
  /** A delivery after which something is fetched. */
  readonly body: unknown
  readonly telling?: Telling
  readonly credentials: Readonly<Record<string, string>>
}

type Behave = Parameters<typeof vendorStandIn>[0]
const TIMEOUT_MS = 10_000
/** Long enough for a busy machine to ask at all. */
const SHORT_MS = 500

/** The vendor's API in place of which a stand-in answers. */
export async function vendor(given: Pick<ThinSource, 'credentials'>, behave: Behave, timeoutMs = TIMEOUT_MS) {
  const { baseUrl, asked } = await vendorStandIn(behave)
  const api: VendorApi = { baseUrl, timeoutMs, credential: async (name) => given.credentials[name] }
  return { api, asked }
}

/** What is fetched for the delivery, and what the vendor was asked. */
export async function fetchedFor(given: ThinSource, behave: Behave) {
  const { api, asked } = await vendor(given, behave)
  const verified = await deliveryOf(given.source, given.body, given.telling)
  const fetched = await given.source.enrich?.(verified, shopContext(given.telling), api)
  return { fetched: fetched as Json, asked, verified, context: shopContext(given.telling) }
}

/** All that is listed since an instant, and what the vendor was asked. */
export async function listed(given: ThinSource, sinceMs: number, behave: Behave) {
  const { api, asked } = await vendor(given, behave)
  const found = await listAll(given.source, sinceMs, shopContext(given.telling), api)
  return { found, asked }
}

async function listAll(
  source: Source,
  sinceMs: number,
  context: SourceContext,
  api: VendorApi,
): Promise<Listed[]> {
  if (source.listSince === undefined) throw new Error(`${source.name} lists nothing`)
  return Array.fromAsync(source.listSince(sinceMs, context, api))
}

const FAILURES = [
  ['refuses our credential', { status: 401 }, VendorRefusedError, undefined],
  ['knows nothing of what is asked for', { status: 404 }, VendorRefusedError, undefined],
  ['is asked too often', { status: 429, headers: { 'retry-after': '7' } }, VendorUnavailableError, 7_000],
  ['is out of order', { status: 503 }, VendorUnavailableError, undefined],
  ['breaks the connection', 'reset', VendorUnavailableError, undefined],
  ['does not answer in time', 'hang', VendorUnavailableError, undefined],
  ['answers with a page for people', { body: '<html>' }, VendorUnavailableError, undefined],
] as const

/** What holds for the API of every thin source. Called once in the source's own test file. */
export function vendorSuite(given: ThinSource): void {
  const { source } = given
  const context = shopContext(given.telling)
  const ways: Record<string, (api: VendorApi, verified: Verified) => Promise<unknown>> = {
    fetched: async (api, verified) => source.enrich?.(verified, context, api),
    ...(source.listSince && { listed: (api: VendorApi) => listAll(source, 0, context, api) }),
  }

  describe.each(Object.entries(ways))(`what is %s from ${source.name}`, (_, ask) => {
    test.each(FAILURES)('fails when the vendor %s', async (_why, answer, type, retryAfterMs) => {
      const { api, asked } = await vendor(given, () => answer, answer === 'hang' ? SHORT_MS : TIMEOUT_MS)
      const verified = await deliveryOf(source, given.body, given.telling)
      const error = await ask(api, verified).catch((failure: unknown) => failure)
      expect(error).toBeInstanceOf(type)
      expect(error instanceof VendorUnavailableError ? error.retryAfterMs : undefined).toBe(retryAfterMs)
      expect(asked.length).toBeGreaterThan(0)
      for (const secret of Object.values(given.credentials)) expect(String(error)).not.toContain(secret)
    })
  })

  test(`without a credential nothing is fetched from ${source.name}, and the event says so`, async () => {
    const { api, asked } = await vendor({ credentials: {} }, () => ({}))
    const verified = await deliveryOf(source, given.body, given.telling)
    expect(await source.enrich?.(verified, context, api)).toBeUndefined()
    expect(source.toEvent(verified, context)).toMatchObject({
      lines: [],
      standing: { version: '' },
      incomplete: expect.stringContaining('api.credentials'),
    })
    if (source.listSince) await expect(listAll(source, 0, context, api)).rejects.toThrow(VendorRefusedError)
    expect(asked).toEqual([])
  })
}

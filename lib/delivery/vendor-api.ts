import type { SourceInstance } from '../config/config.ts'
import type { VendorApi } from '../sources/source.ts'
import type { Pipe } from './pipe.ts'

const TIMEOUT_MS = 8_000

/** How a configured instance reaches its vendor: credentials by the source's own names, an address if not the vendor's. */
export function vendorApiOf(
  { api }: Pick<SourceInstance, 'api'>,
  { secret }: Pick<Pipe, 'secret'>,
  timeoutMs: number = TIMEOUT_MS,
): VendorApi {
  const { credentials, baseUrl } = api
  return {
    timeoutMs,
    ...(baseUrl !== undefined && { baseUrl }),
    credential: async (name) => {
      const secretName = Object.hasOwn(credentials, name) ? credentials[name] : undefined
      return secretName === undefined ? undefined : (await secret(secretName))[0]
    },
  }
}

import { VendorRefusedError } from '../errors.ts'
import type { VendorApi } from '../source.ts'

/** @throws VendorRefusedError when no such credential is configured */
export async function requireCredential(api: VendorApi, name: string): Promise<string> {
  const value = await api.credential(name)
  if (value !== undefined && value !== '') return value
  throw new VendorRefusedError(`api.credentials: "${name}" is not configured`)
}

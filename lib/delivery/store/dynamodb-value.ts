import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import type { Attribute } from './dynamodb-api.ts'
import { type Blobs, blobName } from './spill.ts'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

/** Below this a value stays readable in the console: a write is paid for in whole kilobytes. */
const LARGEST_PLAIN_IN_BYTES = 1024
/**
 * An item has at most 400 KB, names and key (2 KB at most) included.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
const LARGEST_PACKED_IN_BYTES = 396 * 1024

/** An item's value was spilled and its blob is gone: the item has been replaced meanwhile, or somebody removed it. */
export class BlobGoneError extends Error {
  override readonly name = 'BlobGoneError'
}

/** `value` as an attribute: JSON as text, deflated JSON as bytes, or the name of a blob with those bytes. */
export async function toAttribute(
  value: unknown,
  blobs: Blobs,
  blob: { readonly id: string; readonly lifetimeMs: number | undefined },
): Promise<Attribute> {
  const text = JSON.stringify(value)
  if (Buffer.byteLength(text) <= LARGEST_PLAIN_IN_BYTES) return { S: text }
  const packed = await deflate(text)
  if (packed.length <= LARGEST_PACKED_IN_BYTES) return { B: packed.toString('base64') }
  const name = blobName(blob.id, blob.lifetimeMs)
  await blobs.put(name, packed)
  return { M: { spilled: { S: name } } }
}

/** @throws BlobGoneError, StoreUnavailableError */
export async function fromAttribute(attribute: Attribute | undefined, blobs: Blobs): Promise<unknown> {
  if (attribute !== undefined && 'S' in attribute) return JSON.parse(attribute.S)
  if (attribute !== undefined && 'B' in attribute) return unpack(Buffer.from(attribute.B, 'base64'))
  const name = spilledName(attribute)
  const packed = name === undefined ? undefined : await blobs.get(name)
  if (packed === undefined) throw new BlobGoneError(`there is no blob ${name}`)
  return unpack(packed)
}

/** A copy of a blob with another lifetime, as an attribute; undefined when the blob is gone. */
export async function copied(
  name: string,
  blobs: Blobs,
  blob: { readonly id: string; readonly lifetimeMs: number | undefined },
): Promise<Attribute | undefined> {
  const packed = await blobs.get(name)
  if (packed === undefined) return undefined
  const copy = blobName(blob.id, blob.lifetimeMs)
  await blobs.put(copy, packed)
  return { M: { spilled: { S: copy } } }
}

/** Removes the blob of an attribute that no item has any more. */
export async function discard(attribute: Attribute | undefined, blobs: Blobs): Promise<void> {
  const name = spilledName(attribute)
  if (name !== undefined) await blobs.delete(name)
}

async function unpack(packed: Buffer): Promise<unknown> {
  return JSON.parse((await inflate(packed)).toString())
}

/** The name of the blob a value was spilled to. */
export function spilledName(attribute: Attribute | undefined): string | undefined {
  const spilled = attribute !== undefined && 'M' in attribute ? attribute.M['spilled'] : undefined
  return spilled !== undefined && 'S' in spilled ? spilled.S : undefined
}

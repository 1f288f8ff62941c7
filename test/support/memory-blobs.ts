import type { Blobs } from '../../lib/delivery/store/spill.ts'

export type MemoryBlobs = { -readonly [Name in keyof Blobs]: Blobs[Name] } & {
  readonly names: () => readonly string[]
}

/** Spilled values in memory, which a test can look at. */
export function memoryBlobs(): MemoryBlobs {
  const blobs = new Map<string, Buffer>()
  return {
    names: () => [...blobs.keys()],
    put: async (name, bytes) => void blobs.set(name, bytes),
    get: async (name) => blobs.get(name),
    delete: async (name) => void blobs.delete(name),
    close: () => undefined,
  }
}

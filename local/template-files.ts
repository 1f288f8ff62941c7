import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'

/** `${file(deploy/queues.yml)}`, or one property of what a file says: `${file(deploy/generated.cjs):workers}` */
const REFERENCE = /^\$\{file\(([^()]+)\)(?::(\w+))?\}$/

const require = createRequire(import.meta.url)

export type ParseYaml = (text: string) => unknown

/**
 * A document with the files it refers to in their places, as the framework puts them there. What a file only computes for
 * AWS (a function) is left out.
 * @throws Error naming the file that cannot be read
 */
export async function withFiles(value: unknown, folder: string, parse: ParseYaml): Promise<unknown> {
  if (typeof value === 'string') return referred(value, folder, parse)
  if (Array.isArray(value)) return Promise.all(value.map((one) => withFiles(one, folder, parse)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(
    async ([key, one]) => [key, await withFiles(one, folder, parse)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

async function referred(text: string, folder: string, parse: ParseYaml): Promise<unknown> {
  const [, file, property] = REFERENCE.exec(text) ?? []
  if (file === undefined) return text
  const content = await contentOf(path.resolve(folder, file), parse)
  const found = property === undefined ? content : (content as Record<string, unknown>)[property]
  return typeof found === 'function' ? undefined : withFiles(found, folder, parse)
}

async function contentOf(file: string, parse: ParseYaml): Promise<unknown> {
  return file.endsWith('.cjs') ? await require(file) : parse(await readFile(file, 'utf8'))
}

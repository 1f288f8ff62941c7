import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'

const Instance = z.object({ url: z.url(), control: z.url() })

/** Where the `npm start` that holds a data folder listens. Throws when none is running there. */
export async function readInstance(folder: string): Promise<z.infer<typeof Instance>> {
  try {
    return Instance.parse(JSON.parse(await readFile(path.join(folder, 'instance.json'), 'utf8')))
  } catch (cause) {
    throw new Error(`nothing is running on ${folder}: start it with npm start`, { cause })
  }
}

import type { CrmClient, Row } from './client.ts'
import { CrmNotFoundError } from './errors.ts'

/** A record by its id; undefined when there is none. Any other failure to look is an error. */
export async function readRecord(
  client: Pick<CrmClient, 'entity'>,
  resource: string,
  id: string,
): Promise<Row | undefined> {
  try {
    return await client.entity(resource).get(id)
  } catch (error) {
    if (error instanceof CrmNotFoundError) return undefined
    throw error
  }
}

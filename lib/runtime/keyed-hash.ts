import { createHmac } from 'node:crypto'

const HASH_CHARACTERS = 16

/** A hash that only who has the key can compare: what it is of may be personal. */
export function keyedHash(key: string): (text: string) => string {
  return (text) => createHmac('sha256', key).update(text).digest('base64url').slice(0, HASH_CHARACTERS)
}

import { createHash } from 'node:crypto'
import { base32Lower } from '../values/text.ts'

const MARKER_PREFIX = 'sf'
const DIGEST_CHARACTERS = 26

/**
 * The marker of one record: `sf` and 26 characters of lower-case base32 of SHA-256 over installation, subject and
 * step. 28 characters fit `case_customerref` (30) and need no case-sensitive collation; 130 bits never collide.
 * The subject already contains the instance name.
 */
export function markerOf(installation: string, subject: string, as: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([installation, subject, as]))
    .digest()
  return MARKER_PREFIX + base32Lower(digest).slice(0, DIGEST_CHARACTERS)
}

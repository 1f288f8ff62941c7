import * as z from '../values/schema.ts'

/** Which of several persons with one e-mail address, or companies with one name, is meant. */
export const Several = z.enum(['oldest', 'newest'], '"oldest" or "newest"')

import * as z from 'zod'

/** Which of several persons with one e-mail address, or companies with one name, is meant. */
export const Several = z.enum(['oldest', 'newest'], '"oldest" or "newest"')

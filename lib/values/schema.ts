import * as z from 'zod/mini'
import en from 'zod/v4/locales/en.js'

z.config(en())

/**
 * zod for what a cold start reads: `import * as z from '…/values/schema.ts'`. zod/mini builds the same schemas from
 * functions, so that a bundle holds only those it names (decision 0014); its messages are zod's English ones.
 */
export * from 'zod/mini'

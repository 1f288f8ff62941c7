import { create, findByMarker, rivalOf, withRetries } from './rival.ts'

/** Each record carries a marker and is looked for before each try to create it. */
export const lookUpFirst = rivalOf('look-up first', (step, fields, means) =>
  withRetries(means, async () => (await findByMarker(step, fields, means)) ?? create(step, fields, means)),
)

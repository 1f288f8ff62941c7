/** `npm test` weathers 20 000 events, `npm run test:full` 100 000, each over several seeds. */
export function stormRuns(): { readonly seeds: readonly string[]; readonly eventsOfEach: number } {
  const isFull = process.env['FAST_CHECK_SCALE'] !== undefined
  return isFull
    ? { seeds: ['1', '2', '3', '4', '5'], eventsOfEach: 20_000 }
    : { seeds: ['1', '2'], eventsOfEach: 10_000 }
}

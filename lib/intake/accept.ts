import { parseHeaderValue } from './header-value.ts'

/** The weight of a media type in an Accept header: its most specific entry counts (RFC 9110 §12.5.1). */
export function weightOf(type: string, accept: string): number {
  const entries = weights(accept)
  return entries.get(type) ?? entries.get(type.replace(/\/.*/, '/*')) ?? entries.get('*/*') ?? 0
}

/**
 * The best of the languages there are for an Accept-Language header: `de-AT` is served by `de-AT`, then by `de`
 * (lookup, RFC 4647 §3.4). undefined: none of them.
 */
export function bestLanguage(accept: string, available: readonly string[]): string | undefined {
  const wanted = [...weights(accept)].filter(([, weight]) => weight > 0).toSorted((a, b) => b[1] - a[1])
  for (const [range] of wanted) {
    for (let tag = range; tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
      const found = available.find((language) => language.toLowerCase() === tag)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function weights(header: string): ReadonlyMap<string, number> {
  return new Map(header.split(',').map(weightedEntry))
}

function weightedEntry(entry: string): readonly [string, number] {
  const { value, parameters } = parseHeaderValue(entry.trim())
  const weight = Number(parameters.get('q') ?? '1')
  return [value, Number.isFinite(weight) ? weight : 0]
}

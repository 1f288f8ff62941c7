/** A header such as `multipart/form-data; boundary="x"`: its first word in lower case, and its parameters. */
export type HeaderValue = { readonly value: string; readonly parameters: ReadonlyMap<string, string> }

const PARAMETER = /\s*;\s*([^\s;="]+)\s*=\s*/y
const TOKEN = /[^;]*/y
const NEXT_OR_END = /\s*(?:;\s*[^\s;="]+\s*=|;?\s*$)/y

/**
 * Reads Content-Type and Content-Disposition as senders really write them. Never throws.
 * A quoted value ends at a quote that is followed by the next parameter or by nothing: Internet Explorer sends quotes
 * in file names as they are, old Firefox with a backslash. The first of two parameters with one name counts.
 */
export function parseHeaderValue(header: string): HeaderValue {
  const value = (matchAt(TOKEN, header, 0)?.[0] ?? '').trim().toLowerCase()
  const parameters = new Map<string, string>()
  for (let at = header.indexOf(';'); at >= 0; ) {
    const opening = matchAt(PARAMETER, header, at)
    const name = opening?.[1]?.toLowerCase()
    if (opening === null || name === undefined) {
      at = header.indexOf(';', at + 1)
      continue
    }
    const { text, end } = parameterValue(header, at + opening[0].length)
    if (!parameters.has(name)) parameters.set(name, text)
    at = header.indexOf(';', end)
  }
  return { value, parameters }
}

function parameterValue(header: string, start: number): { text: string; end: number } {
  if (header[start] !== '"') {
    const text = matchAt(TOKEN, header, start)?.[0] ?? ''
    return { text: text.trim(), end: start + text.length }
  }
  const end = closingQuote(header, start + 1)
  return { text: header.slice(start + 1, end).replaceAll('\\"', '"'), end }
}

function closingQuote(header: string, from: number): number {
  for (let at = header.indexOf('"', from); at >= 0; at = header.indexOf('"', at + 1)) {
    const escaped = at > from && header[at - 1] === '\\'
    if (!escaped && matchAt(NEXT_OR_END, header, at + 1) !== null) return at
  }
  return header.length
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

import type { EntityDefinition } from '../entities/entity.ts'
import type { Entry } from '../records/entry.ts'

/** What the read-only contract `sagecrm` answers whatever Accept says: Atom, with each record as an SData payload. */
export function atomFeed(
  entity: EntityDefinition,
  url: string,
  total: number,
  entries: readonly Entry[],
): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:sdata="http://schemas.sage.com/sdata/2008/1" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<title>${escaped(entity.name)}</title><id>${escaped(url)}</id><opensearch:totalResults>${total}</opensearch:totalResults>
${entries.map((entry) => atomEntry(entity, entry)).join('\n')}
</feed>
`
}

function atomEntry({ name }: EntityDefinition, entry: Entry): string {
  const fields = Object.entries(entry).filter(([key]) => !key.startsWith('$'))
  const elements = fields.map(([key, value]) => `<${key}>${escaped(String(value ?? ''))}</${key}>`).join('')
  const [title, url] = [entry['$title'], entry['$url']].map((value) => escaped(String(value)))
  return `<entry><title>${title}</title><id>${url}</id><sdata:payload><${name}>${elements}</${name}></sdata:payload></entry>`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Control characters cannot be written in XML 1.0 at all, so they are left out. */
function escaped(text: string): string {
  return text
    .replace(/\p{Cc}/gu, (control) => ('\t\n\r'.includes(control) ? control : ''))
    .replace(/[&<>"]/g, (mark) => ESCAPES[mark] ?? mark)
}

import type { StoredRow } from '../database/database.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { readableColumns } from '../records/access.ts'
import type { Crm, Session } from '../records/crm.ts'
import { entryUrl, titleOf } from '../records/entry.ts'
import type { Page } from '../records/feed.ts'
import { shownValue } from '../records/values.ts'

/** What the read-only contract `sagecrm` answers whatever Accept says: Atom, with each record as an SData payload. */
export function atomFeed(
  crm: Crm,
  entity: EntityDefinition,
  { total, rows }: Page,
  session: Session,
): string {
  const url = `${session.baseUrl}/${entity.name}`
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:sdata="http://schemas.sage.com/sdata/2008/1" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<title>${escaped(entity.name)}</title><id>${escaped(url)}</id><opensearch:totalResults>${total}</opensearch:totalResults>
${rows.map((row) => atomEntry(crm, entity, row, session)).join('\n')}
</feed>
`
}

function atomEntry(crm: Crm, entity: EntityDefinition, row: StoredRow, session: Session): string {
  const { name, idColumn } = entity
  const elements = readableColumns(entity, session.access).map((column) => {
    const value = shownValue(column, row[column.name] ?? null, crm)
    return `<${column.name}>${escaped(String(value ?? ''))}</${column.name}>`
  })
  const url = entryUrl(session.baseUrl, entity, Number(row[idColumn]))
  const [title, id] = [titleOf(entity, row), url].map(escaped)
  return `<entry><title>${title}</title><id>${id}</id><sdata:payload><${name}>${elements.join('')}</${name}></sdata:payload></entry>`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Control characters cannot be written in XML 1.0 at all, so they are left out. */
function escaped(text: string): string {
  return text
    .replace(/\p{Cc}/gu, (control) => ('\t\n\r'.includes(control) ? control : ''))
    .replace(/[&<>"]/g, (mark) => ESCAPES[mark] ?? mark)
}

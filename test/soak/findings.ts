import type { Row } from './emulated-crm.ts'

/** What the CRM contains of something, and what is not as it must be. */
export type Findings = {
  /** Records that must be there. */
  readonly records: number
  /** Of these the missing ones. */
  readonly lost: readonly string[]
  /** Records beyond the first with the same identity. */
  readonly duplicates: readonly string[]
  /** Records that say something else than they must, or that nobody asked for. */
  readonly wrong: readonly string[]
}

export const NOTHING: Findings = { records: 0, lost: [], duplicates: [], wrong: [] }

export function together(all: readonly Findings[]): Findings {
  return {
    records: all.reduce((sum, { records }) => sum + records, NOTHING.records),
    lost: all.flatMap(({ lost }) => lost),
    duplicates: all.flatMap(({ duplicates }) => duplicates),
    wrong: all.flatMap(({ wrong }) => wrong),
  }
}

/** One record must be there, and no other. */
export function exactlyOne(what: string, rows: readonly Row[] = []): Findings {
  return {
    ...NOTHING,
    records: 1,
    lost: rows.length === 0 ? [what] : [],
    duplicates: rows.slice(1).map(({ $key }) => `${what} once more: ${String($key)}`),
  }
}

/** There may be one record, or none. */
export function atMostOne(what: string, rows: readonly Row[]): Findings {
  return { ...exactlyOne(what, rows), records: 0, lost: [] }
}

/** No such record may be there. */
export function none(what: string, rows: readonly Row[]): Findings {
  return { ...NOTHING, wrong: rows.map(({ $key }) => `${what}: ${String($key)}`) }
}

/** Records that carry our marker: one for each, and each is of something that was told. `said`: the column that says of what. */
export function markedFindings(
  what: string,
  ours: readonly Row[],
  columns: { readonly marker: string; readonly said: string },
  told: readonly string[],
): Findings {
  const known = new Set(told)
  const marked = Map.groupBy(ours, (row) => String(row[columns.marker]))
  return together([
    ...[...marked].map(([marker, rows]) => atMostOne(`${what} with marker ${marker}`, rows)),
    none(
      `${what} nobody asked for`,
      ours.filter((row) => !known.has(String(row[columns.said]))),
    ),
  ])
}

/** What each column says, and what it must say. */
export function same(
  what: string,
  said: Readonly<Record<string, readonly [is: unknown, must: unknown]>>,
): Findings {
  const wrong = Object.entries(said).flatMap(([column, [is, must]]) =>
    is === must ? [] : [`${what}: ${column} is ${String(is)} instead of ${String(must)}`],
  )
  return { ...NOTHING, wrong }
}

/** One note has all that was sent, and one each may tell what it says otherwise of its person and its company. */
export function noteFindings(what: string, notes: readonly Row[], says: string): Findings {
  const byWhatTheyTell = Map.groupBy(notes, (note) => {
    return / says otherwise of the (\w+) /.exec(String(note['note_note']))?.[1] ?? 'all'
  })
  const { all = [], ...others } = Object.fromEntries(byWhatTheyTell)
  return together([
    exactlyOne(`note of ${what}`, all),
    none(
      `note of ${what} that does not say "${says}"`,
      all.filter((note) => !String(note['note_note']).includes(says)),
    ),
    ...Object.entries(others).map(([of, rows]) => atMostOne(`note on the ${of} of ${what}`, rows)),
  ])
}

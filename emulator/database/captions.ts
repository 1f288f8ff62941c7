import { FAMILIES, type Family } from '../entities/families.ts'
import type { Database, Stored } from './database.ts'

export type Code = { readonly code: string; readonly caption: string }

/** The selection list of a family in its order; empty when there is none. */
export function codesOf(database: Database, family: string): readonly Code[] {
  const rows = database.all(
    `SELECT Capt_Code, Capt_US FROM Custom_Captions
     WHERE Capt_Family = ? AND Capt_Deleted IS NULL ORDER BY Capt_Order, Capt_CaptionId`,
    family,
  )
  return rows.map((row) => ({ code: String(row['Capt_Code']), caption: String(row['Capt_US']) }))
}

/** Whether a family has exactly this code. */
export function hasCode(database: Database, family: string, code: Stored): boolean {
  const sql = `SELECT 1 FROM Custom_Captions
    WHERE Capt_Family = ? AND Capt_Code = ? COLLATE BINARY AND Capt_Deleted IS NULL`
  return database.get(sql, family, code) !== undefined
}

/** Fills in the families the database has never had. */
export function seedCaptions(database: Database, now: string): void {
  for (const [family, codes] of Object.entries(FAMILIES)) {
    const known = database.get('SELECT 1 FROM Custom_Captions WHERE Capt_Family = ?', family)
    if (known === undefined) insertFamily(database, family, codes, now)
  }
}

function insertFamily(database: Database, family: string, codes: Family, now: string): void {
  for (const [index, entry] of codes.entries()) {
    const [code, caption] = typeof entry === 'string' ? [entry, entry] : entry
    database.run(
      `INSERT INTO Custom_Captions (Capt_FamilyType, Capt_Family, Capt_Code, Capt_US, Capt_UK, Capt_Order,
        Capt_CreatedDate, Capt_UpdatedDate, Capt_TimeStamp)
       VALUES ('Choices', ?, ?, ?, ?, ?, ?, ?, ?)`,
      family,
      code,
      caption,
      caption,
      index + 1,
      now,
      now,
      now,
    )
  }
}

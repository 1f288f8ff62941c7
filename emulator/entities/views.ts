import { address } from './address.ts'
import { integer, string } from './column.ts'
import { company } from './company.ts'
import type { Column, EntityDefinition } from './entity.ts'
import { person } from './person.ts'

const PHONE_PARTS = ['CountryCode', 'AreaCode', 'Number'] as const
const PHONE_LENGTHS = { CountryCode: 5, AreaCode: 20, Number: 20 } as const

/** The columns of a view that come from the default e-mail address, the default phone and the first fax number. */
function contactColumns(prefix: string): readonly Column[] {
  const numbers = ['Phone', 'Fax'].flatMap((kind) =>
    PHONE_PARTS.map((part) => ({ name: `${prefix}_${kind}${part}`, maxLength: PHONE_LENGTHS[part] })),
  )
  const all = [{ name: `${prefix}_EmailAddress`, maxLength: 255 }, ...numbers]
  return all.map((column) => ({ ...column, type: 'string' }))
}

/** A record with its contact columns; `record` is the entity's table under the name `r`. */
function withContacts({ name, tableId, prefix, idColumn }: EntityDefinition): string {
  const parts = (table: string, kind: string) =>
    PHONE_PARTS.map((part) => `${table}.Phon_${part} AS ${prefix}_${kind}${part}`).join(', ')
  const link = (as: string, target: string) =>
    `${as}.OwnerTable = ${tableId} AND ${as}.OwnerId = r.${idColumn} AND ${as}.Target = '${target}'`
  return `
    r.*, e.Emai_EmailAddress AS ${prefix}_EmailAddress, ${parts('p', 'Phone')}, ${parts('f', 'Fax')}
    FROM ${name} r
    LEFT JOIN RecordLink el ON ${link('el', 'Email')} AND el.IsDefault = 1
    LEFT JOIN Email e ON e.Emai_EmailId = el.TargetId AND e.Emai_Deleted IS NULL
    LEFT JOIN RecordLink pl ON ${link('pl', 'Phone')} AND pl.IsDefault = 1
    LEFT JOIN Phone p ON p.Phon_PhoneId = pl.TargetId AND p.Phon_Deleted IS NULL
    LEFT JOIN Phone f ON f.Phon_Deleted IS NULL AND f.Phon_PhoneId =
      (SELECT min(fl.TargetId) FROM RecordLink fl WHERE ${link('fl', 'Phone')} AND fl.Type = 'Fax')`
}

const companyName: Column = { name: 'Comp_Name', type: 'string', maxLength: 60 }

export const vPerson: EntityDefinition = {
  ...person,
  name: 'vPerson',
  tableId: 10113,
  columns: [...person.columns, ...contactColumns('Pers'), companyName],
  view: {
    sql: `SELECT c.Comp_Name, ${withContacts(person)}
    LEFT JOIN Company c ON c.Comp_CompanyId = r.Pers_CompanyId AND c.Comp_Deleted IS NULL`,
  },
}

export const vCompany: EntityDefinition = {
  ...company,
  name: 'vCompany',
  tableId: 10105,
  columns: [...company.columns, ...contactColumns('Comp')],
  view: { sql: `SELECT ${withContacts(company)}` },
}

/** The addresses of companies: `adli_companyid eq 43`. */
export const vAddressCompany: EntityDefinition = {
  ...address,
  name: 'vAddressCompany',
  tableId: 10101,
  columns: [...address.columns, integer('AdLi_CompanyID'), string('AdLi_Type', 40)],
  view: {
    sql: `SELECT r.*, l.OwnerId AS AdLi_CompanyID, l.Type AS AdLi_Type
    FROM RecordLink l JOIN Address r ON r.Addr_AddressId = l.TargetId
    JOIN Company c ON c.Comp_CompanyId = l.OwnerId AND c.Comp_Deleted IS NULL
    WHERE l.OwnerTable = ${company.tableId} AND l.Target = 'Address'`,
  },
}

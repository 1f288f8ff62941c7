import { address } from './address.ts'
import { cases } from './cases.ts'
import { integer, string } from './column.ts'
import { company } from './company.ts'
import type { Column, EntityDefinition } from './entity.ts'
import { person } from './person.ts'
import { currency, newProduct, pricing, pricingList } from './products.ts'

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
  const link = (as: string, columns: string) =>
    `${as}.${columns}_RecordID = r.${idColumn} AND ${as}.${columns}_EntityID = ${tableId} AND ${as}.${columns}_Deleted IS NULL`
  return `
    r.*, e.Emai_EmailAddress AS ${prefix}_EmailAddress, ${parts('p', 'Phone')}, ${parts('f', 'Fax')}
    FROM ${name} r
    LEFT JOIN EmailLink el ON ${link('el', 'ELink')} AND el.ELink_IsDefault = 'Y'
    LEFT JOIN Email e ON e.Emai_EmailId = el.ELink_EmailId AND e.Emai_Deleted IS NULL
    LEFT JOIN PhoneLink pl ON ${link('pl', 'PLink')} AND pl.PLink_IsDefault = 'Y'
    LEFT JOIN Phone p ON p.Phon_PhoneId = pl.PLink_PhoneId AND p.Phon_Deleted IS NULL
    LEFT JOIN Phone f ON f.Phon_Deleted IS NULL AND f.Phon_PhoneId =
      (SELECT min(fl.PLink_PhoneId) FROM PhoneLink fl WHERE ${link('fl', 'PLink')} AND fl.PLink_Type = 'Fax')`
}

const LONGEST_NAME = 71
const companyName: Column = { name: 'Comp_Name', type: 'string', maxLength: 60 }

/** @param more further columns by name, each with its SQL over the person `r` */
function personView(
  name: string,
  tableId: number,
  more: Readonly<Record<string, string>> = {},
): EntityDefinition {
  const added = Object.keys(more).map((column) => string(column, LONGEST_NAME))
  const selected = Object.entries(more).map(([column, sql]) => `${sql} AS ${column}, `)
  return {
    ...person,
    name,
    tableId,
    columns: [...person.columns, ...contactColumns('Pers'), companyName, ...added],
    view: {
      sql: `SELECT c.Comp_Name, ${selected.join('')} ${withContacts(person)}
    LEFT JOIN Company c ON c.Comp_CompanyId = r.Pers_CompanyId AND c.Comp_Deleted IS NULL`,
    },
  }
}

function companyView(name: string, tableId: number): EntityDefinition {
  const columns = [...company.columns, ...contactColumns('Comp')]
  return { ...company, name, tableId, columns, view: { sql: `SELECT ${withContacts(company)}` } }
}

export const vPerson = personView('vPerson', 10113)
export const vPersonPE = personView('vPersonPE', 10114, {
  Pers_FullName: "trim(coalesce(r.Pers_FirstName, '') || ' ' || r.Pers_LastName)",
})
export const vCompany = companyView('vCompany', 10105)
export const vCompanyPE = companyView('vCompanyPE', 10106)

/** Cases with the names of their company, person and user. */
export const vSummaryCase: EntityDefinition = {
  ...cases,
  name: 'vSummaryCase',
  tableId: 10103,
  columns: [
    ...cases.columns,
    companyName,
    string('Pers_FirstName', 30),
    string('Pers_LastName', 40),
    string('User_Logon', 40),
  ],
  view: {
    sql: `SELECT r.*, c.Comp_Name, p.Pers_FirstName, p.Pers_LastName, u.User_Logon FROM Cases r
    LEFT JOIN Company c ON c.Comp_CompanyId = r.Case_PrimaryCompanyId AND c.Comp_Deleted IS NULL
    LEFT JOIN Person p ON p.Pers_PersonId = r.Case_PrimaryPersonId AND p.Pers_Deleted IS NULL
    LEFT JOIN Users u ON u.User_UserId = r.Case_AssignedUserId`,
  },
}

/** The addresses of companies: `adli_companyid eq 43`. */
export const vAddressCompany: EntityDefinition = {
  ...address,
  name: 'vAddressCompany',
  tableId: 10101,
  columns: [...address.columns, integer('AdLi_CompanyID'), string('AdLi_Type', 40)],
  view: {
    sql: `SELECT r.*, l.AdLi_CompanyID, l.AdLi_Type
    FROM Address_Link l JOIN Address r ON r.Addr_AddressId = l.AdLi_AddressId
    JOIN Company c ON c.Comp_CompanyId = l.AdLi_CompanyID AND c.Comp_Deleted IS NULL
    WHERE l.AdLi_Deleted IS NULL`,
  },
}

/** The columns of an entity without those of the system. */
function ownColumns({ columns, prefix }: EntityDefinition): readonly Column[] {
  const ofSystem = /_(CreatedBy|CreatedDate|UpdatedBy|UpdatedDate|TimeStamp|Deleted|SecTerr|WorkflowId)$/
  return columns.filter(({ name }) => !(name.startsWith(prefix) && ofSystem.test(name)))
}

const listed = [pricing, pricingList, currency].flatMap((entity) =>
  ownColumns(entity).map(({ readOnly: _, indexed: __, ...column }): Column => column),
)

/** Products with their prices in every list and currency: `pric_productid eq 1 and curr_currencyid eq 2`. */
export const vNewProductPriceList: EntityDefinition = {
  ...newProduct,
  name: 'vNewProductPriceList',
  tableId: 10111,
  columns: [...newProduct.columns, ...listed],
  view: {
    sql: `SELECT r.*, ${listed.map(({ name }) => `"${name}"`).join(', ')} FROM NewProduct r
    JOIN Pricing ON pric_ProductID = r.Prod_ProductID AND Pric_Deleted IS NULL
    JOIN PricingList ON PrLi_PricingListID = pric_PricingListID AND PrLi_Deleted IS NULL
    LEFT JOIN Currency ON Curr_CurrencyID = pric_price_CID`,
  },
}

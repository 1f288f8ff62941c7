import { address } from '../entities/address.ts'
import { company } from '../entities/company.ts'
import { email } from '../entities/email.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { addressLink, emailLink, personLink, phoneLink } from '../entities/link-tables.ts'
import { person } from '../entities/person.ts'
import { phone } from '../entities/phone.ts'
import { generatedCompany } from './company-names.ts'
import type { Database, Stored } from './database.ts'
import { createSchema } from './schema.ts'

/** Every generated record says that it was made then, a minute after the one before: long ago, for those who poll. */
const FIRST_CREATED_MS = Date.UTC(2020, 0, 1)
const MINUTE_MS = 60_000
const CREATED_BY = 1

/**
 * Brings a database to a number of generated companies, each with a person, an address, a phone number and an e-mail
 * address; what it has of them stays. All or nothing. SQLite's `user_version` keeps how many there are.
 */
export function seedCompanies(database: Database, wanted: number): void {
  const known = Number(database.get('PRAGMA user_version')?.['user_version'])
  if (known >= wanted) return
  database.transaction(() => {
    dropIndexes(database)
    const insert = inserterInto(database)
    let personId = lastId(database, person) + 1
    for (let index = known; index < wanted; index += 1) insertCompany(insert, index, personId++)
    createSchema(database)
    database.script(`PRAGMA user_version = ${wanted}`)
  })
}

/** An index over many rows is made faster when they are there; `createSchema` makes what is missing. */
function dropIndexes(database: Database): void {
  const indexes = database.all(
    "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX %'",
  )
  for (const { name } of indexes) database.script(`DROP INDEX "${name}"`)
}

function lastId(database: Database, { name }: EntityDefinition): number {
  return Number(database.get('SELECT seq FROM sqlite_sequence WHERE name = ?', name)?.['seq'])
}

type Insert = ReturnType<typeof inserterInto>

/** Inserts rows one after another; the same columns for the same table each time. Returns the id of each. */
function inserterInto(database: Database) {
  const statements = new Map<EntityDefinition, string>()
  return (entity: EntityDefinition, created: string, values: Readonly<Record<string, Stored>>): number => {
    const known = statements.get(entity) ?? insertSql(entity, Object.keys(values))
    statements.set(entity, known)
    return database.run(known, ...Object.values(values), created)
  }
}

/** With the columns' own defaults, and the time of creation as its last parameter. */
function insertSql({ name, prefix, columns }: EntityDefinition, given: readonly string[]): string {
  const fixed = columns.flatMap(({ name: column, default: value }) =>
    value === undefined || typeof value === 'object' || given.includes(column)
      ? []
      : [[column, value] as const],
  )
  const literals = fixed.map(([, value]) => (typeof value === 'number' ? value : `'${value}'`))
  const marks = given.map((_, index) => `?${index + 1}`)
  const [at, by] = [`?${given.length + 1}`, CREATED_BY]
  const stamp = ['CreatedDate', 'UpdatedDate', 'TimeStamp', 'CreatedBy', 'UpdatedBy'].map(
    (column) => `${prefix}_${column}`,
  )
  const names = [...given, ...fixed.map(([column]) => column), ...stamp].map((column) => `"${column}"`)
  const values = [...marks, ...literals, at, at, at, by, by]
  return `INSERT INTO "${name}" (${names.join(', ')}) VALUES (${values.join(', ')})`
}

/** @param personId the id that the company's person will have */
function insertCompany(insert: Insert, index: number, personId: number): void {
  const made = generatedCompany(index)
  const { city, country, postCode, dialCode, areaCode } = made.town
  const created = `${new Date(FIRST_CREATED_MS + index * MINUTE_MS).toISOString().slice(0, 19)}Z`
  const add = (entity: EntityDefinition, values: Readonly<Record<string, Stored>>) =>
    insert(entity, created, values)
  const addressId = add(address, {
    addr_address1: made.street,
    Addr_City: city,
    Addr_Country: country,
    Addr_PostCode: postCode,
  })
  const companyId = add(company, {
    Comp_Name: made.name,
    Comp_Type: made.type,
    Comp_Sector: made.sector,
    Comp_Employees: made.employees,
    Comp_WebSite: made.webSite,
    Comp_PrimaryPersonId: personId,
    Comp_PrimaryAddressId: addressId,
  })
  add(person, {
    Pers_CompanyId: companyId,
    Pers_FirstName: made.firstName,
    Pers_LastName: made.lastName,
    Pers_PrimaryAddressId: addressId,
  })
  const phoneId = add(phone, { Phon_CountryCode: dialCode, Phon_AreaCode: areaCode, Phon_Number: made.phone })
  const emailId = add(email, { Emai_EmailAddress: made.email })
  add(addressLink, { AdLi_AddressId: addressId, AdLi_CompanyID: companyId, ...isBusiness('AdLi') })
  add(personLink, { PeLi_PersonId: personId, PeLi_CompanyId: companyId, PeLi_IsDefault: 'Y' })
  add(phoneLink, { PLink_PhoneId: phoneId, ...ownedBy('PLink', companyId), ...isBusiness('PLink') })
  add(emailLink, { ELink_EmailId: emailId, ...ownedBy('ELink', companyId), ...isBusiness('ELink') })
}

function isBusiness(prefix: string): Readonly<Record<string, Stored>> {
  return { [`${prefix}_Type`]: 'Business', [`${prefix}_IsDefault`]: 'Y' }
}

function ownedBy(prefix: string, companyId: number): Readonly<Record<string, Stored>> {
  return { [`${prefix}_EntityID`]: company.tableId, [`${prefix}_RecordID`]: companyId }
}

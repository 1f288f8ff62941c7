import { type Linked, noteOf, type Step, type Wanted } from '../crm/plan.ts'

/** What a sender says of the people it names. Nothing of it is written where the CRM knows them already. */
export type Said = {
  /** Who says it, as the first words of the note: `Order 1001 of shop`. */
  readonly by: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly phone?: string | undefined
  readonly company?: string | undefined
  /** Where that company is. `country` is a code or a caption of the CRM's list. */
  readonly address?: Place | undefined
}

type Place = {
  readonly street1?: string | undefined
  readonly city?: string | undefined
  readonly postalCode?: string | undefined
  readonly country?: string | undefined
}

/**
 * A note for each company and person that was there already and is told otherwise than the CRM has it, or was one of several
 * that match: for people to decide.
 * @param owner the step whose record gets the notes
 */
export function differencesSteps(
  owner: Pick<Step, 'as' | 'resource'>,
  parties: readonly Step[],
  said: Said,
): Step[] {
  return parties.map((party) => {
    const isPerson = party.resource === 'Person'
    const note = noteOf(isPerson ? 'differences' : `${party.as}-differences`, owner.as, owner.resource, '')
    const heading = `${said.by} says otherwise of the ${isPerson ? 'person' : 'company'} than the CRM. Nothing was changed:`
    const compared = isPerson ? { wanted: ofPerson(said) } : { wanted: [], ...ofCompany(said) }
    const differs = { as: party.as, text: 'note_note', heading, ...compared }
    return { ...note, needs: [...note.needs, party.as], differs }
  })
}

function ofPerson({ firstName, lastName, phone, company }: Said): Wanted[] {
  return definite([
    { label: 'First name', field: 'pers_firstname', value: firstName },
    { label: 'Last name', field: 'pers_lastname', value: lastName },
    { label: 'Phone', field: 'pers_phonenumber', value: phone },
    { label: 'Company', field: 'comp_name', value: company },
  ])
}

/** Its name is what it is known by. */
function ofCompany({ company, address }: Said): { readonly linked?: Linked } {
  if (company === undefined || address === undefined) return {}
  const { street1, city, postalCode, country } = address
  const wanted = definite([
    { label: 'Address', field: 'addr_address1', value: street1 },
    { label: 'City', field: 'addr_city', value: city },
    { label: 'Post code', field: 'addr_postcode', value: postalCode },
    { label: 'Country', field: 'addr_country', value: country, isCaption: true as const },
  ])
  return { linked: { resource: 'Address', id: 'comp_primaryaddressid', wanted } }
}

function definite<T extends { readonly value: string | undefined }>(
  all: readonly T[],
): (T & { value: string })[] {
  return all.flatMap((one) => (one.value === undefined ? [] : [{ ...one, value: one.value }]))
}

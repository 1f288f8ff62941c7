import { randomNumbers } from '../random.ts'

/** What is known of a generated company: the same for the same number. */
export type GeneratedCompany = {
  readonly name: string
  readonly type: string
  readonly sector: string
  readonly employees: string
  readonly webSite: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly street: string
  readonly town: Town
  /** Seven digits; no other company has them. */
  readonly phone: string
}

export type Town = {
  readonly city: string
  readonly country: string
  readonly postCode: string
  readonly dialCode: string
  readonly areaCode: string
}

const SEED = 20_241_124
const FIRST_PHONE = 2_000_000

const LAST_NAMES =
  'Abbott Barrett Becker Blanco Brady Castillo Clarke Connolly Crespo Dawson Delaney Dubois Egan Ellis Fischer Fleming Fournier Gallagher Garcia Girard Hartley Hoffmann Hughes Iglesias Jensen Kaczmarek Keane Keller Kowalski Lambert Lehmann Lynch Mercier Moran Moreno Murphy Navarro Neumann Nolan Novak Ortega Parker Pawlak Quinn Ramos Renard Richter Ruiz Schubert Serrano Shaw Sobczak Tierney Vogel Walsh Webb Weiss Whelan Zajac Zimmer'.split(
    ' ',
  )
const FIRST_NAMES =
  'Aisling Anna Beatriz Bruno Carmen Claire Conor Daniel Elena Emil Fiona Georg Hannah Hugo Ines Jakub Jean Julia Karl Laura Liam Lucia Marta Martin Niamh Oscar Paula Peter Rosa Sean Sofia Thomas Ursula Victor Zofia'.split(
    ' ',
  )
const TRADES =
  'Bakery Bearings Brewing Cable Ceramics Chemicals Coffee Components Consulting Dairy Design Electric Energy Films Foods Freight Furniture Glass Hardware Hotels Instruments Joinery Laundry Lighting Logistics Machinery Marine Medical Metals Optics Packaging Paper Pharma Plastics Print Pumps Roofing Seeds Software Steel Textiles Timber Tools Travel'.split(
    ' ',
  )
const FORMS: Readonly<Record<string, string>> = {
  DE: 'GmbH',
  ES: 'S.L.',
  FR: 'SARL',
  GB: 'Ltd',
  IE: 'Ltd',
  PL: 'sp. z o.o.',
  US: 'Inc.',
}
const STREETS = [
  'Bridge',
  'Canal',
  'Castle',
  'Church',
  'Garden',
  'Harbour',
  'Mill',
  'Park',
  'Station',
  'Well',
]
const TOWNS: readonly Town[] = [
  { city: 'Dublin', country: 'IE', postCode: 'D02 X285', dialCode: '353', areaCode: '1' },
  { city: 'Cork', country: 'IE', postCode: 'T12 W8KP', dialCode: '353', areaCode: '21' },
  { city: 'Leeds', country: 'GB', postCode: 'LS1 4AP', dialCode: '44', areaCode: '113' },
  { city: 'Bristol', country: 'GB', postCode: 'BS1 5TR', dialCode: '44', areaCode: '117' },
  { city: 'Hamburg', country: 'DE', postCode: '20095', dialCode: '49', areaCode: '40' },
  { city: 'Leipzig', country: 'DE', postCode: '04109', dialCode: '49', areaCode: '341' },
  { city: 'Lyon', country: 'FR', postCode: '69002', dialCode: '33', areaCode: '4' },
  { city: 'Sevilla', country: 'ES', postCode: '41004', dialCode: '34', areaCode: '954' },
  { city: 'Poznan', country: 'PL', postCode: '61-772', dialCode: '48', areaCode: '61' },
  { city: 'Columbus', country: 'US', postCode: '43215', dialCode: '1', areaCode: '614' },
]
const TYPES = ['Customer', 'Customer', 'Prospect', 'Supplier', 'Partner']
const SECTORS = ['Finance', 'Manufacturing', 'Retail', 'Services', 'Public']
const SIZES = ['1-10', '11-50', '51-250', '251+']

/** @param index from 0 */
export function generatedCompany(index: number): GeneratedCompany {
  const draw = randomNumbers(SEED + index)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T
  const town = pick(TOWNS)
  const [founder, partner, trade] = [pick(LAST_NAMES), pick(LAST_NAMES), pick(TRADES)]
  const domain = `${founder}-${partner}-${trade}-${index}.example`.toLowerCase()
  const [firstName, lastName] = [pick(FIRST_NAMES), pick(LAST_NAMES)]
  return {
    name: `${founder} & ${partner} ${trade} ${FORMS[town.country]}`,
    type: pick(TYPES),
    sector: pick(SECTORS),
    employees: pick(SIZES),
    webSite: `https://${domain}`,
    firstName,
    lastName,
    email: `${firstName}.${lastName}@${domain}`.toLowerCase(),
    street: `${1 + Math.floor(draw() * 180)} ${pick(STREETS)} Street`,
    town,
    phone: String(FIRST_PHONE + index),
  }
}

import { TERRITORIES, type Territory } from './organisation.ts'
import { peopleOf } from './people.ts'
import { type DemoRecord, records } from './record.ts'

type Address = readonly [street: string, city: string, postCode: string, country: string]
type Phone = readonly [countryCode: string, areaCode: string, number: string]

type Company = {
  readonly name: string
  readonly type: string
  readonly sector: string
  readonly employees: string
  readonly domain: string
  readonly address: Address
  readonly phone: Phone
  readonly territory: Territory
}

/** The first company of every emulator: the README and its own tests know it. */
const GATECOM: DemoRecord = {
  entity: 'Company',
  fields: {
    Comp_Name: 'Gatecom Inc.',
    Comp_Type: 'Customer',
    Comp_WebSite: 'https://gatecom.example',
    person: { Pers_FirstName: 'William', Pers_LastName: 'Agnew', $type: 'Admin', $isDefault: true },
    address: { addr_address1: '1 Harbour Road', Addr_City: 'Dublin', Addr_Country: 'IE', $type: 'Business' },
    email: { Emai_EmailAddress: 'info@gatecom.example', $type: 'Business' },
    phone: { Phon_CountryCode: '353', Phon_AreaCode: '1', Phon_Number: '5550100', $type: 'Business' },
  },
}

const COMPANIES: readonly Company[] = [
  {
    name: 'Eurolandia Travel',
    type: 'Customer',
    sector: 'Services',
    employees: '51-250',
    domain: 'eurolandia.example',
    address: ['12 Quai des Brumes', 'Lyon', '69002', 'FR'],
    phone: ['33', '4', '5550101'],
    territory: 'Europe',
  },
  {
    name: 'Magnetic Software Ltd',
    type: 'Customer',
    sector: 'Services',
    employees: '11-50',
    domain: 'magneticsoftware.example',
    address: ['4 Weaver Lane', 'Leeds', 'LS1 4AB', 'GB'],
    phone: ['44', '113', '5550102'],
    territory: 'Europe',
  },
  {
    name: 'Bluebell Foods',
    type: 'Customer',
    sector: 'Manufacturing',
    employees: '251+',
    domain: 'bluebellfoods.example',
    address: ['Unit 7, Kilbarry Park', 'Cork', 'T23 X2P8', 'IE'],
    phone: ['353', '21', '5550103'],
    territory: 'Europe',
  },
  {
    name: 'Harbour Freight Lines',
    type: 'Prospect',
    sector: 'Services',
    employees: '51-250',
    domain: 'harbourfreight.example',
    address: ['88 Dockside Avenue', 'Boston', '02110', 'US'],
    phone: ['1', '617', '5550104'],
    territory: 'Americas',
  },
  {
    name: 'Nordwind Energie GmbH',
    type: 'Customer',
    sector: 'Manufacturing',
    employees: '251+',
    domain: 'nordwind-energie.example',
    address: ['Deichstraße 21', 'Hamburg', '20459', 'DE'],
    phone: ['49', '40', '5550105'],
    territory: 'Europe',
  },
  {
    name: "O'Brien & Sons",
    type: 'Customer',
    sector: 'Retail',
    employees: '1-10',
    domain: 'obrienandsons.example',
    address: ['3 Shop Street', 'Galway', 'H91 E9XA', 'IE'],
    phone: ['353', '91', '5550106'],
    territory: 'Europe',
  },
  {
    name: 'Castilla Seguros',
    type: 'Customer',
    sector: 'Finance',
    employees: '251+',
    domain: 'castillaseguros.example',
    address: ['Calle Mayor 40', 'Madrid', '28013', 'ES'],
    phone: ['34', '91', '5550107'],
    territory: 'Europe',
  },
  {
    name: 'Pinewood Clinics',
    type: 'Customer',
    sector: 'Public',
    employees: '51-250',
    domain: 'pinewoodclinics.example',
    address: ['500 Pinewood Drive', 'Denver', '80202', 'US'],
    phone: ['1', '303', '5550108'],
    territory: 'Americas',
  },
  {
    name: 'Zielona Dolina Sp. z o.o.',
    type: 'Prospect',
    sector: 'Manufacturing',
    employees: '11-50',
    domain: 'zielonadolina.example',
    address: ['ul. Łąkowa 5', 'Kraków', '31-444', 'PL'],
    phone: ['48', '12', '5550109'],
    territory: 'Europe',
  },
  {
    name: 'Summit Outdoor Gear',
    type: 'Customer',
    sector: 'Retail',
    employees: '11-50',
    domain: 'summitoutdoor.example',
    address: ['19 Ridge Road', 'Portland', '97204', 'US'],
    phone: ['1', '503', '5550110'],
    territory: 'Americas',
  },
  {
    name: 'Kestrel Logistics',
    type: 'Partner',
    sector: 'Services',
    employees: '51-250',
    domain: 'kestrel.example',
    address: ['Parkway 2', 'Bristol', 'BS1 6QF', 'GB'],
    phone: ['44', '117', '5550111'],
    territory: 'Europe',
  },
  {
    name: 'Atelier Mercier',
    type: 'Prospect',
    sector: 'Manufacturing',
    employees: '1-10',
    domain: 'ateliermercier.example',
    address: ['7 rue du Pont', 'Nantes', '44000', 'FR'],
    phone: ['33', '2', '5550112'],
    territory: 'Europe',
  },
  {
    name: 'Lakeshore Community College',
    type: 'Customer',
    sector: 'Public',
    employees: '251+',
    domain: 'lakeshorecollege.example',
    address: ['1 Campus Circle', 'Madison', '53703', 'US'],
    phone: ['1', '608', '5550113'],
    territory: 'Americas',
  },
  {
    name: 'Brightwater Accounting',
    type: 'Customer',
    sector: 'Finance',
    employees: '11-50',
    domain: 'brightwater.example',
    address: ['22 Castle Street', 'Edinburgh', 'EH2 3AT', 'GB'],
    phone: ['44', '131', '5550114'],
    territory: 'Europe',
  },
  {
    name: 'Cobalt Components',
    type: 'Supplier',
    sector: 'Manufacturing',
    employees: '51-250',
    domain: 'cobaltcomponents.example',
    address: ['Industriestraße 9', 'Stuttgart', '70565', 'DE'],
    phone: ['49', '711', '5550115'],
    territory: 'Europe',
  },
  {
    name: 'Redwood Property Group',
    type: 'Prospect',
    sector: 'Finance',
    employees: '51-250',
    domain: 'redwoodproperty.example',
    address: ['700 Market Street', 'San Francisco', '94103', 'US'],
    phone: ['1', '415', '5550116'],
    territory: 'Americas',
  },
  {
    name: 'Galileo Learning',
    type: 'Customer',
    sector: 'Services',
    employees: '11-50',
    domain: 'galileolearning.example',
    address: ['15 Pearse Street', 'Dublin', 'D02 XE81', 'IE'],
    phone: ['353', '1', '5550117'],
    territory: 'Europe',
  },
  {
    name: 'Vantage Networks',
    type: 'Competitor',
    sector: 'Services',
    employees: '51-250',
    domain: 'vantagenetworks.example',
    address: ['60 King Street', 'Manchester', 'M2 4WU', 'GB'],
    phone: ['44', '161', '5550118'],
    territory: 'Europe',
  },
  {
    name: 'Maple Ridge Dental',
    type: 'Prospect',
    sector: 'Services',
    employees: '1-10',
    domain: 'mapleridgedental.example',
    address: ['214 Maple Ridge', 'Burlington', '05401', 'US'],
    phone: ['1', '802', '5550119'],
    territory: 'Americas',
  },
]

export const companies: readonly DemoRecord[] = [
  GATECOM,
  ...records('Company', COMPANIES, ({ address, phone, territory, ...company }) => ({
    Comp_Name: company.name,
    Comp_Type: company.type,
    Comp_Sector: company.sector,
    Comp_Employees: company.employees,
    Comp_WebSite: `https://${company.domain}`,
    Comp_SecTerr: TERRITORIES[territory],
    person: peopleOf(company.name, company.domain, TERRITORIES[territory]),
    address: addressFields(address),
    email: { Emai_EmailAddress: `info@${company.domain}`, $type: 'Business' },
    phone: phoneFields(phone),
  })),
]

function addressFields([street, city, postCode, country]: Address) {
  return {
    addr_address1: street,
    Addr_City: city,
    Addr_PostCode: postCode,
    Addr_Country: country,
    $type: 'Business',
  }
}

function phoneFields([countryCode, areaCode, number]: Phone) {
  return { Phon_CountryCode: countryCode, Phon_AreaCode: areaCode, Phon_Number: number, $type: 'Business' }
}

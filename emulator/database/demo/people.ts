type Person = readonly [
  company: string,
  salutation: string,
  firstName: string,
  lastName: string,
  title: string,
  role: string,
]

/** Of each company the first is its primary person. */
const PEOPLE: readonly Person[] = [
  ['Eurolandia Travel', 'Mrs.', 'Claire', 'Fontaine', 'Managing Director', 'Admin'],
  ['Eurolandia Travel', 'Mr.', 'Julien', 'Marchal', 'Head of IT', 'Technical'],
  ['Magnetic Software Ltd', 'Ms.', 'Hannah', 'Whitlock', 'Operations Manager', 'Admin'],
  ['Magnetic Software Ltd', 'Mr.', 'Dev', 'Raman', 'Lead Developer', 'Technical'],
  ['Bluebell Foods', 'Mr.', 'Conor', 'Lacey', 'Plant Manager', 'Admin'],
  ['Bluebell Foods', 'Mrs.', 'Siobhan', 'Dempsey', 'Finance Director', 'Finance'],
  ['Bluebell Foods', 'Mr.', 'Eoin', 'Tuohy', 'Network Engineer', 'Technical'],
  ['Harbour Freight Lines', 'Mr.', 'Frank', 'Delaney', 'Logistics Director', 'Admin'],
  ['Nordwind Energie GmbH', 'Dr.', 'Jürgen', 'Köhler', 'Geschäftsführer', 'Admin'],
  ['Nordwind Energie GmbH', 'Mrs.', 'Anke', 'Weiß', 'Einkaufsleiterin', 'Finance'],
  ["O'Brien & Sons", 'Mr.', 'Michael', "O'Brien", 'Owner', 'Admin'],
  ['Castilla Seguros', 'Mrs.', 'Lucía', 'Íñiguez', 'Directora de Sistemas', 'Technical'],
  ['Castilla Seguros', 'Mr.', 'Álvaro', 'Peña', 'Director Financiero', 'Finance'],
  ['Pinewood Clinics', 'Dr.', 'Grace', 'Okafor', 'Medical Director', 'Admin'],
  ['Pinewood Clinics', 'Mr.', 'Samuel', 'Price', 'IT Coordinator', 'Technical'],
  ['Zielona Dolina Sp. z o.o.', 'Mr.', 'Łukasz', 'Wójcik', 'Prezes', 'Admin'],
  ['Summit Outdoor Gear', 'Ms.', 'Erin', 'Takahashi', 'E-commerce Manager', 'Sales'],
  ['Summit Outdoor Gear', 'Mr.', 'Ben', 'Larsen', 'Buyer', 'Admin'],
  ['Kestrel Logistics', 'Mr.', 'Owen', 'Prosser', 'Partner Manager', 'Sales'],
  ['Atelier Mercier', 'Ms.', 'Élodie', 'Mercier', 'Gérante', 'Admin'],
  ['Lakeshore Community College', 'Dr.', 'Robert', 'Ames', 'Dean of Technology', 'Technical'],
  ['Lakeshore Community College', 'Mrs.', 'Paula', 'Jensen', 'Procurement Officer', 'Finance'],
  ['Brightwater Accounting', 'Mrs.', 'Isla', 'Murray', 'Senior Partner', 'Admin'],
  ['Cobalt Components', 'Mr.', 'Stefan', 'Vogel', 'Sales Engineer', 'Sales'],
  ['Redwood Property Group', 'Ms.', 'Dana', 'Whitfield', 'Facilities Manager', 'Admin'],
  ['Galileo Learning', 'Ms.', 'Aoife', 'Brennan', 'Programme Lead', 'Admin'],
  ['Maple Ridge Dental', 'Dr.', 'Helen', 'Sorensen', 'Dentist', 'Admin'],
]

/** The people of a company as its deep insert takes them, each with an e-mail address. */
export function peopleOf(wanted: string, domain: string, territory: number) {
  return PEOPLE.filter(([company]) => company === wanted).map(
    ([, salutation, firstName, lastName, title, role]) => ({
      Pers_Salutation: salutation,
      Pers_FirstName: firstName,
      Pers_LastName: lastName,
      Pers_Title: title,
      Pers_SecTerr: territory,
      $type: role,
      email: {
        Emai_EmailAddress: `${mailName(firstName)}.${mailName(lastName)}@${domain}`,
        $type: 'Business',
      },
    }),
  )
}

/** Letters without their accents, as mail systems name people. */
function mailName(name: string): string {
  const plain = name.replaceAll('ß', 'ss').replaceAll(/[łŁ]/g, 'l').normalize('NFD')
  return plain.replaceAll(/[^A-Za-z]/g, '').toLowerCase()
}

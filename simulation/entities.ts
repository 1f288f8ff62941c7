import type { Entity } from '../lib/crm/prototypes/field.ts'

/** Where the simulated plans put their markers. */
export const MARKER_FIELDS: Readonly<Record<string, string>> = {
  Cases: 'case_customerref',
  Opportunity: 'oppo_customerref',
}
/** Fields with our marker as their last line. */
export const TRAILING_FIELDS: Readonly<Record<string, string>> = {
  Notes: 'note_note',
  Communication: 'comm_note',
}

/** Words in a description that the simulated CRM always answers with 400, or with 500. */
export const POISON = { rejected: 'POISON-400', failing: 'POISON-500' } as const

const text = (name: string, maxLength: number) =>
  ({
    name,
    caption: name,
    type: 'string',
    maxLength,
    mandatory: false,
    readOnly: false,
    hidden: false,
  }) as const

const whole = (name: string) => ({ ...text(name, 0), type: 'integer' }) as const
const time = (name: string) => ({ ...text(name, 0), type: 'datetime' }) as const
export const PERSON_TABLE = 13

function entity(name: string, tableId: number, fields: Entity['fields'] = []): [string, Entity] {
  return [name.toLowerCase(), { name, tableId, view: false, fields }]
}

const ENTITIES = new Map([
  entity('Company', 5, [text('Comp_Name', 60)]),
  entity('Person', PERSON_TABLE, [
    text('Pers_LastName', 40),
    text('Pers_FirstName', 30),
    whole('Pers_CompanyId'),
    time('Pers_CreatedDate'),
  ]),
  entity('vPerson', PERSON_TABLE),
  entity('Email', 14, [text('Emai_EmailAddress', 255), time('Emai_CreatedDate')]),
  entity('EmailLink', 96, [
    whole('ELink_EntityID'),
    whole('ELink_RecordID'),
    whole('ELink_EmailID'),
    text('ELink_Type', 20),
  ]),
  entity('Phone', 15, [text('Phon_Number', 20)]),
  entity('Cases', 3, [text('Case_Description', 255)]),
  entity('Notes', 19),
  entity('Opportunity', 10, [text('Oppo_Description', 50)]),
  entity('Communication', 6),
])

/** As much of the prototypes as the plans of the simulation need. */
export async function entityOf(name: string): Promise<Entity> {
  const found = ENTITIES.get(name.toLowerCase())
  if (found === undefined) throw new Error(`the simulation has no entity "${name}"`)
  return found
}

import { CrmForbiddenError, CrmNotFoundError } from '../../lib/crm/errors.ts'
import type { Choice, Entity, Field } from '../../lib/crm/prototypes/field.ts'
import type { ConfiguredField } from '../configured-fields.ts'
import type { Patient } from './finding.ts'

type Crm = Patient['crm']

/**
 * The entity with the selection lists of the fields that are set to something. Where the prototypes do not list a field's
 * codes, they are those of its family in Custom_Captions, which has the field's name.
 */
export async function withCodes(crm: Crm, entity: Entity, used: readonly ConfiguredField[]): Promise<Entity> {
  const set = new Set(used.flatMap(({ field, value }) => (value === undefined ? [] : [field.toLowerCase()])))
  const complete = async (field: Field): Promise<Field> => {
    if (field.choices !== undefined || !set.has(field.name.toLowerCase())) return field
    const choices = await choicesOf(crm, field.name)
    return choices.length === 0 ? field : { ...field, choices }
  }
  return { ...entity, fields: await Promise.all(entity.fields.map(complete)) }
}

/** Nothing for a field that is plain text, and for a user who may not read Custom_Captions. */
async function choicesOf(crm: Crm, family: string): Promise<Choice[]> {
  try {
    const { rows } = await crm
      .entity('Custom_Captions')
      .find({ op: 'eq', field: 'capt_family', value: family })
    return rows.map((row) => ({
      code: String(row.get('capt_code')),
      caption: String(row.get('capt_us') ?? ''),
    }))
  } catch (error) {
    if (error instanceof CrmNotFoundError || error instanceof CrmForbiddenError) return []
    throw error
  }
}

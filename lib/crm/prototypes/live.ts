import type { CrmClient } from '../client.ts'
import { type CrmError, CrmForbiddenError, CrmNotFoundError, CrmRejectedError } from '../errors.ts'
import { type Families, readFamilies, SHARED_FAMILIES, withFamily } from './captions.ts'
import type { Entity, Field } from './field.ts'
import { ENTITY_NAMES } from './snapshot.ts'

/** What a CRM says about the project's entities. */
export type LivePrototypes = {
  readonly entities: readonly Entity[]
  /** Names of those it does not show to this user. */
  readonly missing: readonly string[]
  /** What was not understood, and what cannot be checked because the CRM does not say it. */
  readonly said: readonly string[]
}

export type LiveOptions = {
  /** Fields whose selection list has another name than theirs: `{ lead_source: 'Comp_Source' }`. */
  readonly captionFamilies?: Readonly<Record<string, string>>
  /** Which entities; those of the snapshot unless told otherwise. */
  readonly names?: readonly string[]
}

/**
 * Reads the prototypes of entities and, from Custom_Captions, their selection lists in every language.
 * @throws CrmError, except for an entity this user is not shown
 */
export async function readPrototypes(client: CrmClient, options: LiveOptions = {}): Promise<LivePrototypes> {
  const [entities, missing, said]: [Entity[], string[], string[]] = [[], [], []]
  for (const name of options.names ?? ENTITY_NAMES) {
    const read = await readOne(client, name)
    if (read === undefined) missing.push(name)
    else entities.push({ ...read.entity, name })
    said.push(
      ...(read?.warnings.map((warning) => `${name}.${warning}`) ?? [`${name}: this CRM does not show it`]),
    )
  }
  const families = await familiesOf(client, entities, said)
  const shared = { ...SHARED_FAMILIES, ...lowerCased(options.captionFamilies ?? {}) }
  const complete = entities.map((entity) => ({
    ...entity,
    fields: entity.fields.map((field) => withFamily(field, families, shared)),
  }))
  return { entities: complete, missing, said: [...said, ...unsaid(entities, complete)] }
}

const CAPTIONS = 'Custom_Captions'

async function readOne(client: CrmClient, name: string) {
  try {
    return await client.prototype(name)
  } catch (error) {
    if (error instanceof CrmNotFoundError || error instanceof CrmForbiddenError) return undefined
    throw error
  }
}

async function familiesOf(client: CrmClient, entities: readonly Entity[], said: string[]): Promise<Families> {
  const read = entities.find(({ name }) => name === CAPTIONS)
  const captions = read ?? (await readOne(client, CAPTIONS))?.entity
  if (captions === undefined) return new Map()
  try {
    return await readFamilies(client, captions)
  } catch (error) {
    if (!isRefusal(error)) throw error
    said.push(
      `Custom_Captions: cannot be read (${error.message}); selection lists are as the prototypes have them`,
    )
    return new Map()
  }
}

function isRefusal(error: unknown): error is CrmError {
  const classes = [CrmNotFoundError, CrmForbiddenError, CrmRejectedError]
  return classes.some((one) => error instanceof one)
}

/** What nobody can check before it is sent. A CRM that lists codes at all has said which lists are empty. */
function unsaid(asRead: readonly Entity[], complete: readonly Entity[]): string[] {
  const unknown = complete.flatMap(({ name, fields }) =>
    fields.filter(hasNoList).map((field) => `${name}.${field.name}`),
  )
  return [
    ...(knows(asRead, 'maxLength') ? [] : [NO_LENGTHS]),
    ...(knows(asRead, 'choices') || unknown.length === 0 ? [] : [`${NO_LISTS}: ${unknown.join(', ')}`]),
  ]
}

const NO_LENGTHS = 'this CRM does not say how long its fields are: lengths are not checked before sending'
const NO_LISTS =
  'selection fields without a list of their own name are not checked; where one uses the list of another field, name it in crm.captionFamilies'

/** Whether a CRM says it of any field. */
export function knows(entities: readonly Entity[], member: 'maxLength' | 'choices'): boolean {
  return entities.some(({ fields }) => fields.some((field) => field[member] !== undefined))
}

function hasNoList({ type, choices }: Field): boolean {
  return (type === 'choice' || type === 'multi-choice') && choices === undefined
}

function lowerCased(families: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(families).map(([field, family]) => [field.toLowerCase(), family]))
}

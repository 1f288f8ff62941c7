import { isEmailAddress, singleLine, stripControl, trimToUndefined } from '../values/text.ts'

/** Values of a form that mean the same in every form, by the name our events use. */
export const KNOWN_FIELDS = [
  'email',
  'firstName',
  'lastName',
  'name',
  'phone',
  'company',
  'subject',
  'message',
] as const
type KnownField = (typeof KNOWN_FIELDS)[number]
export type KnownFields = { readonly [field in KnownField]?: string }

/** Names forms use, most specific first, in the spelling of `comparable`. */
const ALIASES: Readonly<Record<KnownField, readonly string[]>> = {
  email: ['email', 'emailaddress', 'youremail', 'contactemail', 'useremail', 'mail', 'emailaddr', 'replyto'],
  firstName: ['firstname', 'yourfirstname', 'givenname', 'forename', 'fname', 'first'],
  lastName: ['lastname', 'yourlastname', 'familyname', 'surname', 'lname', 'last'],
  name: ['name', 'fullname', 'yourname', 'contactname', 'contactperson', 'contact'],
  phone: [
    'phone',
    'phonenumber',
    'yourphone',
    'telephone',
    'tel',
    'yourtel',
    'mobile',
    'mobilephone',
    'cell',
    'cellphone',
  ],
  company: [
    'company',
    'companyname',
    'yourcompany',
    'organisation',
    'organization',
    'firm',
    'business',
    'employer',
  ],
  subject: ['subject', 'yoursubject', 'topic', 'regarding', 'title'],
  message: [
    'message',
    'yourmessage',
    'comments',
    'comment',
    'question',
    'enquiry',
    'inquiry',
    'description',
    'text',
    'feedback',
    'commentormessage',
  ],
}

const CLEAN: Readonly<Record<KnownField, (text: string) => string | undefined>> = {
  email: (text) => (isEmailAddress(singleLine(text)) ? singleLine(text) : undefined),
  firstName: oneLine,
  lastName: oneLine,
  name: oneLine,
  phone: oneLine,
  company: oneLine,
  subject: oneLine,
  message: (text) => trimToUndefined(stripControl(text)),
}

type Field = { readonly name: string; readonly key?: string; readonly value: string }

/**
 * Picks the known fields of a form. A name given in `configured` replaces the aliases of that field, and what the vendor
 * says of its types (`typed`); names and keys are compared without regard to letter case, blanks, `-`, `_`, what ends a
 * question and what begins one (`3.`, "What is your"). Of several filled fields the best alias counts, then the first in the
 * form; an e-mail field that holds no e-mail address is passed over.
 */
export function pickKnownFields(
  fields: readonly Field[],
  configured: KnownFields,
  typed: KnownFields = {},
): KnownFields {
  const picked = KNOWN_FIELDS.map((known) => [known, pick(known, fields, configured, typed)] as const)
  return Object.fromEntries(picked.filter(([, value]) => value !== undefined))
}

function pick(known: KnownField, fields: readonly Field[], configured: KnownFields, typed: KnownFields) {
  const clean = CLEAN[known]
  const name = configured[known]
  if (name !== undefined) return firstFilled(fields, [comparable(name)], clean)
  const told = typed[known]
  return (told === undefined ? undefined : clean(told)) ?? firstFilled(fields, ALIASES[known], clean)
}

function firstFilled(
  fields: readonly Field[],
  names: readonly string[],
  clean: (text: string) => string | undefined,
) {
  for (const wanted of names) {
    for (const { name, key = name, value } of fields) {
      const isWanted = comparable(name) === wanted || comparable(key) === wanted
      const cleaned = isWanted ? clean(value) : undefined
      if (cleaned !== undefined) return cleaned
    }
  }
  return undefined
}

/** Longer names are compared by their beginning. */
const COMPARED_CHARACTERS = 200
const BEGINS_A_QUESTION =
  /^(?:\d+[.)]\s*)?(?:what(?: is|['’]s)|(?:please )?(?:enter|provide|give us))\s+your\s+|^\d+[.)]\s*/

function comparable(name: string): string {
  const plain = name.slice(0, COMPARED_CHARACTERS).toLowerCase().trim()
  return plain
    .replace(BEGINS_A_QUESTION, '')
    .replace(/[?:*!.]+$/, '')
    .replace(/[\s_-]/g, '')
}

function oneLine(text: string): string | undefined {
  return trimToUndefined(singleLine(text))
}

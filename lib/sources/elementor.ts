import { decodeEntries, type Entries, entriesOf } from './form-entries.ts'
import { type Answer, type FormDelivery, formSource } from './form-source.ts'
import { isWebAddress } from './form-values.ts'
import { tokenProof } from './proof.ts'
import type { Source } from './source.ts'

/**
 * The webhook action of Elementor Pro's forms, with or without "Advanced Data". WordPress waits 5 s, does not try again, and
 * shows the visitor an error for every answer but 200. It sends no id; dates are in the site's language.
 */
export const elementor: Source = formSource({
  name: 'elementor',
  inlineBudgetMs: 0,
  proof: tokenProof,
  decode: decodeEntries,

  read(payload) {
    const form = entriesOf(payload)
    const isAdvanced = form.entries.some(({ name }) => ADVANCED.test(name))
    return { files: form.files, ...(isAdvanced ? advanced(form) : simple(form)) }
  },
})

/** What the plain format adds to the form's own fields, under the names it has in English. */
const ADDED: ReadonlySet<string> = new Set([
  ...['Date', 'Time', 'Page URL', 'User Agent', 'Remote IP', 'Powered by', 'form_id', 'form_name'],
])

/** Names are the labels as people typed them, trailing blanks included. */
function simple({ entries, get }: Entries): FormDelivery {
  return {
    formId: get('form_id'),
    pageUrl: get('Page URL'),
    answers: entries
      .filter(({ name }) => !ADDED.has(name))
      .map(({ name, values }) => ({ name: name.trim(), value: values.join(', ') })),
  }
}

const ADVANCED = /^fields\[([^\]]+)\]\[(id|type|title|value)\]$/
/** Types of fields nobody fills in, or whose content is nobody's business. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'recaptcha',
  'recaptcha_v3',
  'honeypot',
  'html',
  'step',
  'password',
])

type Field = { readonly id: string; readonly type: string; readonly title: string; readonly value: string }

/** `fields[<id>][title]`, `[value]`, `[type]`; `raw_value` says the same as `value`. */
function advanced({ entries, get }: Entries): FormDelivery {
  const ids = new Set(entries.flatMap(({ name }) => ADVANCED.exec(name)?.[1] ?? []))
  const fields = [...ids].map((id): Field => {
    const part = (name: string) => get(`fields[${id}][${name}]`) ?? ''
    return { id, type: part('type'), title: part('title') || id, value: part('value') }
  })
  const asked = fields.filter(({ type }) => !LEFT_OUT.has(type))
  return {
    formId: get('form[id]'),
    pageUrl: get('meta[page_url][value]'),
    answers: asked.filter((field) => urlsOf(field).length === 0).map(answerOf),
    links: asked.flatMap((field) => urlsOf(field).map((url) => ({ field: field.title, url }))),
  }
}

function answerOf({ id, type, title, value }: Field): Answer {
  const means = MEANINGS.get(type)
  return { name: title, key: id, value, ...(means && { means: { [means]: value } }) }
}

const MEANINGS = new Map<string, 'email' | 'phone'>([
  ['email', 'email'],
  ['tel', 'phone'],
])

function urlsOf({ type, value }: Field): string[] {
  return type === 'upload'
    ? value
        .split(',')
        .map((url) => url.trim())
        .filter(isWebAddress)
    : []
}

import type { Choice, Field } from './field.ts'

/**
 * The code that is meant by a code or a caption in any language: exactly, or else ignoring letter case and blanks around
 * it. undefined when nothing, or more than one code, is.
 */
export function codeMeant({ choices = [] }: Pick<Field, 'choices'>, text: string): string | undefined {
  if (choices.some(({ code }) => code === text)) return text
  const wanted = folded(text)
  const byCode = choices.filter(({ code }) => folded(code) === wanted)
  const found = byCode.length > 0 ? byCode : choices.filter((choice) => isCaption(choice, wanted))
  return found.length === 1 ? found[0]?.code : undefined
}

/** `Web, Email (E-mail)` */
export function listed({ choices = [] }: Pick<Field, 'choices'>): string {
  return choices.map(({ code, caption }) => (code === caption ? code : `${code} (${caption})`)).join(', ')
}

/** The codes of a multi-choice value: a list, or the text `,one,two,` that Sage CRM stores. */
export function codesIn(value: string | readonly string[]): readonly string[] {
  if (typeof value !== 'string') return value
  return value.split(',').filter((code) => code !== '')
}

function isCaption({ caption, captions = {} }: Choice, wanted: string): boolean {
  return [caption, ...Object.values(captions)].some((one) => folded(one) === wanted)
}

function folded(text: string): string {
  return text.trim().toLowerCase()
}

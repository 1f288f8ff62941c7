import { decodeHTML } from 'entities'
import { decodeForm } from '../intake/decode.ts'
import { DecodedForm, UndecodedBody } from '../intake/decoded-form.ts'
import type { HttpRequest } from '../intake/request.ts'
import * as z from '../values/schema.ts'
import { NotUnderstoodError } from './errors.ts'
import type { FormDelivery } from './form-source.ts'
import { readable } from './form-values.ts'
import { issuesOf } from './options.ts'
import { readPhpValue } from './php-value.ts'
import type { Json } from './source.ts'

/** One name, with all its values. */
export type Entry = { readonly name: string; readonly values: readonly string[] }

export type Entries = {
  /** In order of first appearance; blank values are kept. */
  readonly entries: readonly Entry[]
  readonly files: NonNullable<FormDelivery['files']>
  /** The value of a name, blank ones left out. */
  readonly get: (name: string) => string | undefined
}

/** What a sender of urlencoded, multipart or JSON fields sent, as it is stored. */
export async function decodeEntries(request: HttpRequest): Promise<Json> {
  return (await decodeForm(request)) as Json
}

/**
 * The fields of what `decodeEntries` stored: `name[]` and repeated names are one, lists as PHP serializes them are read and
 * HTML entities decoded (WordPress writes them into what visitors typed: `sanitize_text_field`).
 * @throws NotUnderstoodError for a body of a type that holds no fields
 */
export function entriesOf(payload: Json): Entries {
  const { fields, files } = formOf(payload)
  const values = new Map<string, string[]>()
  for (const [written, value] of fields) {
    const name = decodeHTML(written.replace(/\[\]$/, ''))
    const all = values.get(name) ?? []
    all.push(plain(value))
    values.set(name, all)
  }
  return {
    entries: [...values].map(([name, all]) => ({ name, values: all })),
    files: files.map(({ contentBase64: _, ...file }) => file),
    get: (name) =>
      values
        .get(name)
        ?.find((value) => value.trim() !== '')
        ?.trim(),
  }
}

/** The lengths in a serialized list count what was written, entities included. */
function plain(value: string): string {
  const list = /^a:\d+:\{/.test(value) ? readPhpValue(value) : undefined
  return decodeHTML(list === undefined ? value : readable(list))
}

function formOf(payload: Json): DecodedForm {
  const result = z.union([DecodedForm, UndecodedBody]).safeParse(payload)
  if (!result.success)
    throw new NotUnderstoodError('the payload is not a decoded form', issuesOf(result.error))
  if (!('undecoded' in result.data)) return result.data
  const type = result.data.undecoded.contentType.trim() || 'no content type'
  throw new NotUnderstoodError(`the body is not a form this source can read: ${type}`)
}

import { decodeForm } from '../intake/decode.ts'
import { UndecodableError } from '../intake/errors.ts'
import { decodeJsonText } from '../intake/json-body.ts'
import type { HttpRequest } from '../intake/request.ts'
import { NotUnderstoodError } from './errors.ts'
import { type Answer, formSource } from './form-source.ts'
import { isWebAddress, listOf, readable } from './form-values.ts'
import { captionFinder } from './jotform-captions.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import { tokenProof } from './proof.ts'
import type { Json, Source } from './source.ts'

/** Jotform posts multipart; how long it waits and whether it tries again is not published, so it is answered at once. */
export const jotform: Source = formSource({
  name: 'jotform',
  inlineBudgetMs: 0,
  proof: tokenProof,
  decode: decodeSubmission,

  read(payload) {
    const { rawRequest, ...about } = objectOf(payload)
    if (typeof rawRequest !== 'object') throw new NotUnderstoodError('rawRequest: is no JSON object')
    const captionOf = captionFinder(textOf(about['pretty']) ?? '')
    const fields = Object.entries(objectOf(rawRequest)).flatMap(([name, value]) => fieldOf(name, value))
    return {
      formId: textOf(about['formID']),
      submissionId: textOf(about['submissionID']),
      answers: fields
        .filter(({ urls }) => urls.length === 0)
        .map(({ key, value }) => answerOf(key, value, captionOf)),
      links: fields.flatMap(({ key, urls }) =>
        urls.map((url) => ({ field: captionOf(key, ''), url, ...filenameOf(url) })),
      ),
    }
  },
})

/** `webhookURL` is not among them: it holds our token. */
const KEPT = ['formID', 'submissionID', 'formTitle', 'type', 'pretty', 'event'] as const

async function decodeSubmission(request: HttpRequest): Promise<Json> {
  const form = await decodeForm(request)
  if ('undecoded' in form)
    throw new UndecodableError('Content-Type: a delivery of Jotform is multipart/form-data')
  const fields = new Map(form.fields)
  const kept = KEPT.flatMap((name) => (fields.has(name) ? [[name, fields.get(name) ?? ''] as const] : []))
  return { ...Object.fromEntries(kept), rawRequest: rawRequestOf(fields.get('rawRequest') ?? '') }
}

/** JSON within the form; whatever else it is stays as it is, and is parked. */
function rawRequestOf(text: string): Json {
  try {
    return decodeJsonText(text)
  } catch (error) {
    if (error instanceof UndecodableError) return text
    throw error
  }
}

type Field = { readonly key: string; readonly value: Json; readonly urls: readonly string[] }

/** A question is `q3_studentsName`; an upload has the bare name, and addresses as its value. All else is Jotform's own. */
function fieldOf(name: string, value: Json): Field[] {
  const question = /^q\d+_(.+)$/.exec(name)?.[1]
  if (question !== undefined) return [{ key: question, value, urls: [] }]
  const urls = listOf(value).map((one) => textOf(one) ?? '')
  return urls.length > 0 && urls.every(isWebAddress) ? [{ key: name, value, urls }] : []
}

function answerOf(key: string, value: Json, captionOf: (key: string, value: string) => string): Answer {
  const { text, means } = answered(value)
  return { name: captionOf(key, text), key, value: text, ...(means && { means }) }
}

type Value = { readonly text: string; readonly means?: NonNullable<Answer['means']> }

function answered(value: Json): Value {
  const parts = objectOf(value)
  if ('first' in parts && 'last' in parts) {
    const means = { firstName: textOf(parts['first']) ?? '', lastName: textOf(parts['last']) ?? '' }
    return { text: joined(parts, ['prefix', 'first', 'middle', 'last', 'suffix'], ' '), means }
  }
  if ('full' in parts) return phoneOf(textOf(parts['full']) ?? '')
  if ('area' in parts && 'phone' in parts) return phoneOf(joined(parts, ['country', 'area', 'phone'], ' '))
  if ('year' in parts && 'month' in parts && 'day' in parts) return { text: dateOf(parts) }
  if ('addr_line1' in parts)
    return { text: joined(parts, ['addr_line1', 'addr_line2', 'postal', 'city', 'state', 'country'], ', ') }
  return 'colIds' in parts ? { text: tableOf(parts) } : { text: readable(value) }
}

function phoneOf(phone: string): Value {
  return { text: phone, means: { phone } }
}

/** Of a table `colIds` and `rowIds` are its layout. */
function tableOf({ colIds: _, rowIds: __, ...cells }: JsonObject): string {
  return readable(cells)
}

function dateOf(parts: JsonObject): string {
  const time = joined(parts, ['hour', 'min'], ':')
  return [joined(parts, ['year', 'month', 'day'], '-'), time].filter(Boolean).join(' ')
}

function joined(parts: JsonObject, names: readonly string[], separator: string): string {
  return names.flatMap((name) => textOf(parts[name]) ?? []).join(separator)
}

function filenameOf(url: string): { filename?: string } {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? ''
  try {
    return last === '' ? {} : { filename: decodeURIComponent(last) }
  } catch {
    return { filename: last }
  }
}

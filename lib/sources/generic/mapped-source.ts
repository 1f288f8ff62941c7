import { createHash } from 'node:crypto'
import type { CanonicalEvent } from '../../events/index.ts'
import { decodeForm } from '../../intake/decode.ts'
import { parseHeaderValue } from '../../intake/header-value.ts'
import { decodeJsonBody } from '../../intake/json-body.ts'
import type { HttpRequest } from '../../intake/request.ts'
import type * as z from '../../values/schema.ts'
import { base32Lower } from '../../values/text.ts'
import { bytesDigest, bytesIdentity } from '../bytes-identity.ts'
import { optionsOf } from '../options.ts'
import type { Handshake, Json, Source, SourceContext, Verified } from '../source.ts'
import { submissionIdentity } from '../submission-identity.ts'
import { headersRead, type Told } from './options.ts'
import type { Proof } from './proof.ts'
import { holds, pickText } from './selector.ts'

type MappedSource<Options extends Told> = {
  readonly name: string
  readonly kind: Source['kind']
  readonly options: z.ZodMiniType<Options>
  proof(options: Options): Proof
  subject(verified: Verified, options: Options): string | undefined
  /** @throws NotUnderstoodError */
  toEvent(verified: Verified, context: SourceContext, options: Options): CanonicalEvent
}

/** A source whose sender and payload are described by the options of its instance. Its clock is not known: always queued. */
export function mappedSource<Options extends Told>(given: MappedSource<Options>): Source {
  const { name, kind, options: shape } = given
  return {
    name,
    kind,
    inlineBudgetMs: 0,
    needsSecret: (context) => optionsOf(shape, context) !== undefined,
    handshake: (request, context) => shakeHands(request, optionsOf(shape, context)),

    async verify(sent, context, nowMs) {
      const options = optionsOf(shape, context)
      const proof = given.proof(options)
      const request = proof.named?.(sent) ?? sent
      proof.require(request, context, nowMs)
      const read = headersRead([options, proof.id]).flatMap((header) => {
        const value = request.headers[header]
        return value === undefined ? [] : [[header, value] as const]
      })
      const payload = await payloadOf(request)
      return { headers: { ...Object.fromEntries(read), ...bytesDigest(request.body) }, payload }
    },

    identify(verified, context, nowMs) {
      const options = optionsOf(shape, context)
      const proof = given.proof(options)
      const id = pickText(options.id ?? proof.id, verified)
      const subject = given.subject(verified, options)
      const known = subject === undefined ? undefined : shortId(subject)
      if (id !== undefined)
        return { id: shortId(id), aliases: [], ...(known !== undefined && { subject: known }) }
      const byContent = bytesIdentity(verified, known)
      const isLasting = kind === 'order' || proof.signed !== undefined || known !== undefined
      return isLasting ? byContent : submissionIdentity(byContent.id, undefined, nowMs)
    },

    toEvent(verified, context) {
      const options = optionsOf(shape, context)
      const ignored = options.ignore.find(({ when }) => holds(when, verified))
      if (ignored !== undefined) return { kind: 'ignored', reason: ignored.reason }
      if (!context.acceptTests && options.test !== undefined && holds(options.test, verified))
        return { kind: 'ignored', reason: 'test-delivery' }
      return given.toEvent(verified, context, options)
    },

    sign(body, signing) {
      const options = optionsOf(shape, { instance: name, options: signing.options ?? {} })
      return given.proof(options).headers(body, signing)
    },
  }
}

function shakeHands({ rawQuery, headers }: HttpRequest, { handshake }: Told): Handshake | undefined {
  const { query, header } = handshake
  const challenge = query === undefined ? null : new URLSearchParams(rawQuery).get(query)
  if (challenge !== null) return { status: 200, body: challenge }
  const hook = header === undefined ? undefined : headers[header]
  return header === undefined || hook === undefined
    ? undefined
    : { status: 200, headers: { [header]: hook }, body: '' }
}

/** JSON, or a form's fields as an object: a name that comes twice holds a list. */
async function payloadOf(request: HttpRequest): Promise<Json> {
  const type = parseHeaderValue(request.headers['content-type'] ?? '').value
  if (type !== 'application/x-www-form-urlencoded') return decodeJsonBody(request)
  const form = await decodeForm(request)
  if ('undecoded' in form) return {}
  const byName = Map.groupBy(form.fields, ([field]) => field)
  const entries = [...byName].map(([field, found]) => {
    const values = found.map(([, value]) => value)
    return [field, values.length === 1 ? (values[0] ?? '') : values] as const
  })
  return Object.fromEntries(entries)
}

const ID_CHARACTERS = 26

/** Short and plain as it is; anything else by its hash. `#` has a meaning in the ledger's keys. */
function shortId(text: string): string {
  if (/^[\w.:@/+-]{1,100}$/.test(text)) return text
  return `~${base32Lower(createHash('sha256').update(text).digest()).slice(0, ID_CHARACTERS)}`
}

import type { FormSubmission } from '../events/form-submission.ts'
import type { Ignored } from '../events/index.ts'
import { decodeJsonBody } from '../intake/json-body.ts'
import type { HttpRequest } from '../intake/request.ts'
import { singleLine } from '../values/text.ts'
import { NotUnderstoodError } from './errors.ts'
import type { KnownFields } from './form-fields.ts'
import { FormOptions } from './form-options.ts'
import { optionsOf } from './options.ts'
import type { Proof } from './proof.ts'
import type { Identity, Json, Source, SourceContext, Verified } from './source.ts'
import { toSubmission } from './submission.ts'
import { deliveryIdentity, sentIdentity } from './submission-identity.ts'
import { technicalFields } from './technical-fields.ts'

/** One answer as the form's vendor has it. */
export type Answer = {
  /** What people read. */
  readonly name: string
  /** What the form knows it by, where that is not its name: an id, a reference. */
  readonly key?: string
  readonly value: string
  /** What the vendor's type of the field says it is. */
  readonly means?: KnownFields
}

/** A delivery of a form builder in one shape. Blank answers are left out of the event. */
export type FormDelivery = {
  readonly formId?: string | undefined
  /** The vendor's id of this delivery, where the signature covers it: it alone tells deliveries apart. */
  readonly deliveryId?: string | undefined
  /** The vendor's id of the submission: an edited one has it again. */
  readonly submissionId?: string | undefined
  /** When it was last changed, ISO 8601 in UTC; by default when it was received. */
  readonly version?: string | undefined
  readonly answers: readonly Answer[]
  /** Files that lie with the vendor. */
  readonly links?: NonNullable<FormSubmission['links']>
  readonly files?: FormSubmission['files']
  readonly submittedAt?: string | undefined
  readonly pageUrl?: string | undefined
  readonly language?: string | undefined
}

/** What tells one form builder from another. */
export type FormBuilder = Pick<Source, 'name' | 'inlineBudgetMs' | 'handshake'> & {
  readonly proof: Proof
  /** From the bytes to what is stored; JSON by default. No token may be left in it. */
  readonly decode?: (request: HttpRequest) => Json | Promise<Json>
  /** Headers in lower case that `read` needs. */
  readonly headers?: readonly string[]
  /** @throws NotUnderstoodError */
  readonly read: (payload: Json, headers: Verified['headers'], options: FormOptions) => FormDelivery | Ignored
}

const MAX_REASON_CHARACTERS = 80
/** When the delivery came in: the version of submissions whose vendor tells none. */
const RECEIVED_AT = 'received-at'

/** The source a form builder makes. */
export function formSource({ proof, read, decode = decodeJsonBody, ...builder }: FormBuilder): Source {
  const delivered = ({ payload, headers }: Verified, context: SourceContext) =>
    read(payload, headers, optionsOf(FormOptions, context))
  return {
    name: builder.name,
    kind: 'form',
    inlineBudgetMs: builder.inlineBudgetMs,
    ...(builder.handshake && { handshake: builder.handshake }),
    needsSecret: () => true,

    async verify(request, context, nowMs) {
      proof.verify(request, context, nowMs)
      const kept = (builder.headers ?? []).flatMap((name) => {
        const value = request.headers[name]
        return value === undefined ? [] : [[name, value] as const]
      })
      const headers = { ...Object.fromEntries(kept), [RECEIVED_AT]: new Date(nowMs).toISOString() }
      return { headers, payload: await decode(request) }
    },

    identify(verified, context, nowMs) {
      const delivery = understood(() => delivered(verified, context))
      if (delivery === undefined || 'kind' in delivery) return sentIdentity(verified.payload, nowMs)
      return identityOf(delivery, verified, optionsOf(FormOptions, context), nowMs)
    },

    toEvent(verified, context) {
      const options = optionsOf(FormOptions, context)
      const delivery = delivered(verified, context)
      if ('kind' in delivery) {
        return { ...delivery, reason: delivery.reason.slice(0, MAX_REASON_CHARACTERS) }
      }
      if (isUnmapped(delivery, options)) return { kind: 'ignored', reason: 'unmapped-form' }
      return submissionOf(delivery, verified, context.instance, options)
    },

    sign: (body, signing) => proof.sign(body, signing),
  }
}

/** What cannot be understood is recorded all the same, and parked. */
function understood<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof NotUnderstoodError) return undefined
    throw error
  }
}

function identityOf(
  delivery: FormDelivery,
  { payload }: Verified,
  options: FormOptions,
  nowMs: number,
): Identity {
  const { formId, deliveryId, submissionId, links = [], files = [] } = delivery
  if (submissionId !== undefined)
    return deliveryIdentity(deliveryId ?? { submissionId, payload }, submissionId)
  if (deliveryId !== undefined) return deliveryIdentity(deliveryId)
  const answers = filled(delivery, options).map(({ name, key, value }) => [key ?? name, value])
  return sentIdentity({ formId: formId ?? null, answers, links, files }, nowMs)
}

function isUnmapped({ formId = '' }: FormDelivery, { forms }: FormOptions): boolean {
  return forms !== undefined && !forms.includes(formId)
}

function filled({ answers }: FormDelivery, options: FormOptions): Answer[] {
  const isTechnical = technicalFields(options.technical)
  return answers.filter(
    ({ name, key = name, value }) => value.trim() !== '' && !isTechnical(name) && !isTechnical(key),
  )
}

function submissionOf(
  delivery: FormDelivery,
  { headers }: Verified,
  instance: string,
  options: FormOptions,
): FormSubmission {
  const { submissionId, version = headers[RECEIVED_AT], links = [], files = [] } = delivery
  const answers = filled(delivery, options).map((answer) => captioned(answer, options))
  const typed: KnownFields = Object.assign({}, ...answers.toReversed().map(({ means }) => means))
  const rest = {
    ...(submissionId !== undefined && {
      standing: { is: 'snapshot' as const, ...(version !== undefined && { version }) },
    }),
    ...(links.length > 0 && { links }),
    ...present('submittedAt', delivery.submittedAt),
    ...present('pageUrl', delivery.pageUrl),
    ...present('language', delivery.language),
  }
  return toSubmission({ fields: answers, files, rest, typed }, instance, options.fields)
}

/** A question may be long and of several lines; people read it on one, and its first line is what it is about. */
function captioned({ name, key, value, means }: Answer, { labels }: FormOptions): Answer {
  const label = labels.get(key ?? name) ?? labels.get(name)
  const caption = singleLine(label ?? name)
  return { name: caption, key: key ?? name.trim().split('\n', 1).join(''), value, ...(means && { means }) }
}

function present<K extends string>(name: K, value: string | undefined): { readonly [key in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: string }
}

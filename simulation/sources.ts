import type { Json, Source, Verified } from '../lib/sources/source.ts'

/** What is posted to the simulated sources. */
export type FormBody = {
  readonly id: string
  readonly email?: string
  readonly company?: string
  readonly subject: string
  readonly message: string
  readonly honeypot?: true
}

export type OrderBody = {
  readonly id: string
  readonly order: string
  readonly email: string
  readonly company: string
} & (
  | { readonly version: number; readonly total: number; readonly status: string }
  | { readonly fact: string }
)

const verify: Source['verify'] = async ({ body }) => ({
  headers: {},
  payload: JSON.parse(body.toString()) as Json,
})

const common = { verify, inlineBudgetMs: 20_000, sign: () => ({}) }

/** A form that is its own subject. */
const form: Source = {
  ...common,
  name: 'simulated-form',
  kind: 'form',
  identify: (verified) => ({ id: formOf(verified).id, aliases: [] }),
  toEvent: (verified, { instance }) => {
    const { id, honeypot, ...fields } = formOf(verified)
    if (honeypot) return { kind: 'ignored', reason: 'honeypot' }
    const list = Object.entries(fields).map(([name, value]) => ({ name, value }))
    return {
      kind: 'form-submission',
      form: instance,
      ...fields,
      fields: [{ name: 'id', value: id }, ...list],
      files: [],
    }
  },
}

/** A shop whose orders have many events: full states with a version, and facts. */
const shop: Source = {
  ...common,
  name: 'simulated-shop',
  kind: 'order',
  identify: (verified) => {
    const { id, order } = orderOf(verified)
    return { id, aliases: [], subject: order }
  },
  toEvent: (verified, { instance }) => {
    const { order, email, company, ...said } = orderOf(verified)
    const standing =
      'fact' in said
        ? ({ is: 'fact', name: said.fact } as const)
        : ({ is: 'snapshot', version: said.version } as const)
    const state = 'fact' in said ? {} : { total: String(said.total), status: said.status }
    const fields = Object.entries(state).map(([name, value]) => ({ name, value }))
    return {
      kind: 'form-submission',
      form: instance,
      standing,
      email,
      company,
      subject: order,
      fields,
      files: [],
    }
  },
}

function formOf({ payload }: Verified): FormBody {
  return payload as FormBody
}

function orderOf({ payload }: Verified): OrderBody {
  return payload as OrderBody
}

const SOURCES: Readonly<Record<string, Source>> = { [form.name]: form, [shop.name]: shop }

export async function loadSource(name: string): Promise<Source> {
  const source = SOURCES[name]
  if (source === undefined) throw new Error(`the simulation has no source "${name}"`)
  return source
}

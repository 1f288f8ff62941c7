import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { UndecodableError } from '../../lib/intake/errors.ts'
import { SignatureError } from '../../lib/sources/errors.ts'
import { genericForm } from '../../lib/sources/generic.ts'
import type { Source } from '../../lib/sources/source.ts'
import { standardWebhooksForm } from '../../lib/sources/standard-webhooks.ts'

const Vector = z.object({
  id: z.string(),
  secret: z.string().nullable(),
  method: z.string().default('POST'),
  url: z.string().default('https://crm.example.com/forms/vector'),
  body: z.string().nullish(),
  bodyFile: z.string().optional(),
  bodySha256: z.string().optional(),
  headers: z.record(z.string(), z.string()),
  valid: z.boolean().nullable(),
})
type Vector = z.infer<typeof Vector>

const FIXTURES = new URL('../fixtures/', import.meta.url)
const { vendor, derived } = z
  .object({ vendor: z.array(Vector), derived: z.array(Vector) })
  .parse(JSON.parse(await readFile(new URL('signature-vectors.json', FIXTURES), 'utf8')))
const vectors = [...vendor, ...derived]

type Checked = { readonly by: Source; readonly options?: Record<string, unknown> }

const generic = (signature: Record<string, unknown>): Checked => ({ by: genericForm, options: { signature } })
const github = (algorithm: string, header: string, prefix: string) => generic({ algorithm, header, prefix })
const stripe = (header: string) =>
  generic({
    header,
    separator: ',',
    prefix: 'v1=',
    signed: '{timestamp}.{body}',
    timestamp: { header, prefix: 't=' },
  })

/** Each vendor's scheme, as the data an instance of `generic-form` would be told; by the beginning of the vector's id. */
const SCHEMES: Readonly<Record<string, Checked>> = {
  'standard-webhooks': { by: standardWebhooksForm },
  'go-shopify': generic({ header: 'x-shopify-hmac-sha256', encoding: 'base64' }),
  shopify: generic({ header: 'x-shopify-hmac-sha256', encoding: 'base64' }),
  square: generic({ header: 'x-square-hmacsha256-signature', encoding: 'base64', signed: '{url}{body}' }),
  github: github('hmac-sha256', 'x-hub-signature-256', 'sha256='),
  octokit: github('hmac-sha256', 'x-hub-signature-256', 'sha256='),
  'adnanh-sha1': github('hmac-sha1', 'x-hub-signature', 'sha1='),
  'adnanh-sha512': github('hmac-sha512', 'x-signature-512', 'sha512='),
  adnanh: github('hmac-sha256', 'x-hub-signature-256', 'sha256='),
  'hubspot-v1': generic({ algorithm: 'sha256', header: 'x-hubspot-signature', signed: '{secret}{body}' }),
  'hubspot-v2': generic({
    algorithm: 'sha256',
    header: 'x-hubspot-signature',
    signed: '{secret}{method}{url}{body}',
  }),
  'hubspot-v3': generic({
    header: 'x-hubspot-signature-v3',
    encoding: 'base64',
    signed: '{method}{url}{body}{timestamp}',
    timestamp: { header: 'x-hubspot-request-timestamp', unit: 'ms' },
  }),
  stripe: stripe('stripe-signature'),
  'derived-typeform': generic({ header: 'typeform-signature', encoding: 'base64', prefix: 'sha256=' }),
  'derived-woocommerce': generic({ header: 'x-wc-webhook-signature', encoding: 'base64' }),
  'derived-shopify': generic({ header: 'x-shopify-hmac-sha256', encoding: 'base64' }),
  'derived-tally': generic({ header: 'tally-signature', encoding: 'base64' }),
  'derived-webflow': generic({
    header: 'x-webflow-signature',
    signed: '{timestamp}:{body}',
    timestamp: { header: 'x-webflow-timestamp', unit: 'ms' },
  }),
  'derived-stripe': stripe('stripe-signature'),
  'derived-formspree': stripe('formspree-signature'),
  'derived-bigcommerce': generic({
    header: 'webhook-signature',
    encoding: 'base64',
    separator: ' ',
    prefix: 'v1,',
    signed: '{header.webhook-id}.{timestamp}.{body}',
    timestamp: { header: 'webhook-timestamp' },
  }),
  'derived-squarespace': generic({ header: 'squarespace-signature', key: { encoding: 'hex' } }),
}

/** Their secrets were never published: they show what a header looks like, and nothing can be checked. */
const NOT_CHECKABLE = ['stripe-parse', 'ecwid-docs', 'webflow-docs', 'framer-docs']

/** Its signature is right and its time is not: nobody stopped the clock for it. */
const WITH_TODAYS_CLOCK = 'stripe-neg-old'

/** Computed by us over bodies that are not kept. */
const WITHOUT_BODY = ['derived-webflow', 'derived-tally', 'derived-formspree']

const checkable = vectors.filter(({ id, valid }) => valid !== null && !WITHOUT_BODY.includes(id))

test.each(checkable)('$id: valid is $valid', async (vector) => {
  const checked = verify(vector)
  if (vector.valid) expect(await checked.catch(afterTheSignature)).toBeDefined()
  else await expect(checked).rejects.toThrow(SignatureError)
})

test('only vectors without a published secret cannot be checked', () => {
  const unchecked = vectors.filter(({ valid }) => valid === null)
  expect(unchecked.map(({ id }) => id)).toEqual(NOT_CHECKABLE)
  expect(unchecked.map(({ secret }) => secret)).toEqual(NOT_CHECKABLE.map(() => null))
})

test('every vector a vendor published is checked, and of ours those whose body is kept', async () => {
  const kept = await readdir(new URL('signature-vectors/', FIXTURES))
  const without = derived.filter(({ bodyFile = '' }) => !kept.includes(bodyFile)).map(({ id }) => id)
  expect(without.toSorted()).toEqual(WITHOUT_BODY.toSorted())
  expect(checkable.length).toBe(vectors.length - NOT_CHECKABLE.length - WITHOUT_BODY.length)
  expect(vendor.filter(({ id }) => WITHOUT_BODY.includes(id))).toEqual([])
})

async function verify(vector: Vector): Promise<unknown> {
  const { by, options = {} } = schemeOf(vector.id)
  const headers = Object.fromEntries(
    Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const request = {
    method: vector.method,
    path: '/forms/vector',
    rawQuery: '',
    headers: { 'content-type': 'application/json', ...headers },
    body: await bodyOf(vector),
    sourceIp: '127.0.0.1',
  }
  const { secret, url } = vector
  const secrets = secret === null ? [] : [secret]
  const context = { instance: 'vector', options, secrets, url, acceptTests: true }
  return by.verify(request, context, nowFor(vector))
}

function schemeOf(id: string): Checked {
  const beginnings = Object.keys(SCHEMES).filter((beginning) => id.startsWith(beginning))
  const longest = beginnings.toSorted((one, other) => other.length - one.length)[0] ?? ''
  const scheme = SCHEMES[longest]
  if (scheme === undefined) throw new Error(`no scheme for the vector ${id}`)
  return scheme
}

async function bodyOf({ body, bodyFile, bodySha256 }: Vector): Promise<Buffer> {
  if (bodyFile === undefined) return Buffer.from(body ?? '')
  const bytes = await readFile(new URL(`signature-vectors/${bodyFile}`, FIXTURES))
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(bodySha256)
  return bytes
}

/** The moment the vector was made: the 10 or 13 digits in one of its headers. */
function nowFor({ id, headers }: Vector): number {
  const digits = Object.values(headers)
    .map((value) => /(?:^|t=)(\d{10}|\d{13})(?:,|$)/.exec(value)?.[1])
    .find((found) => found !== undefined)
  if (id === WITH_TODAYS_CLOCK || digits === undefined) return Date.UTC(2026, 2, 12)
  return digits.length === 10 ? Number(digits) * 1_000 : Number(digits)
}

/** Vendors' tests sign bodies that are no JSON; the signature comes first. */
function afterTheSignature(error: unknown): Error {
  if (error instanceof UndecodableError) return error
  throw error
}

import * as z from '../../values/schema.ts'

export const HeaderName = z.pipe(
  z.string().check(z.regex(/^[A-Za-z0-9-]+$/, 'the name of a header')),
  z.transform((name) => name.toLowerCase()),
)

/** `mac`: an HMAC with a shared secret. `hash`: a plain hash of a text the secret is part of. `key`: a public key verifies. */
export const ALGORITHMS = {
  'hmac-sha1': { is: 'mac', hash: 'sha1' },
  'hmac-sha256': { is: 'mac', hash: 'sha256' },
  'hmac-sha384': { is: 'mac', hash: 'sha384' },
  'hmac-sha512': { is: 'mac', hash: 'sha512' },
  sha256: { is: 'hash', hash: 'sha256' },
  'rsa-sha256': { is: 'key', hash: 'sha256' },
  ed25519: { is: 'key', hash: null },
} as const

const Key = z.strictObject({
  /** What of the secret is not part of the key, such as `whsec_`. */
  prefix: z._default(z.string(), ''),
  encoding: z._default(z.enum(['utf8', 'base64', 'hex']), 'utf8'),
})

const Timestamp = z.strictObject({
  header: HeaderName,
  /** What stands before the time in its header, such as `t=`. */
  prefix: z._default(z.string(), ''),
  unit: z._default(z.enum(['s', 'ms', 'iso']), 's'),
  toleranceSeconds: z._default(z.number().check(z.positive()), 300),
})

const PLACEHOLDER = /\{(body|method|url|timestamp|secret|crc32|header\.[A-Za-z0-9-]+|field\.[^{}]+)\}/

/** How a vendor signs, as data. */
export const Scheme = z
  .strictObject({
    algorithm: z._default(z.enum(Object.keys(ALGORITHMS) as [keyof typeof ALGORITHMS]), 'hmac-sha256'),
    header: HeaderName,
    encoding: z._default(z.enum(['hex', 'base64', 'base64url']), 'hex'),
    /** What stands between several signatures in the header, such as a blank or a comma. */
    separator: z.optional(z.string().check(z.minLength(1))),
    /** What stands before a signature, such as `sha256=` or `v1,`. Whatever begins otherwise is no signature. */
    prefix: z._default(z.string(), ''),
    /**
     * The text that is signed. `{body}`: its raw bytes; `{timestamp}` as sent; `{url}` as configured, with the token and
     * query of the request; `{crc32}` of the body, decimal; `{header.x-name}`; `{field.a.b}` of the body; `{secret}`.
     */
    signed: z._default(z.string(), '{body}'),
    key: z.prefault(Key, {}),
    timestamp: z.optional(Timestamp),
  })
  .check(
    z.refine(({ signed }) => !/[{}]/.test(signed.replaceAll(new RegExp(PLACEHOLDER, 'g'), '')), {
      path: ['signed'],
      message: 'has a placeholder there is not',
    }),
    z.refine(({ signed, timestamp }) => signed.includes('{timestamp}') === (timestamp !== undefined), {
      path: ['timestamp'],
      message: 'a time counts only when it is signed: name its header and put {timestamp} into `signed`',
    }),
    z.refine(
      ({ algorithm, signed }) => (ALGORITHMS[algorithm].is === 'hash') === signed.includes('{secret}'),
      {
        path: ['signed'],
        message: '{secret} belongs into the text of a plain hash, and only there',
      },
    ),
  )
export type Scheme = z.infer<typeof Scheme>

/** The template cut at its placeholders: texts at even places, names at odd ones. */
export function partsOf(signed: string): readonly string[] {
  return signed.split(new RegExp(PLACEHOLDER, 'g'))
}

/** The headers whose values are part of what is signed, in lower case. */
export function signedHeaders({ signed }: Scheme): readonly string[] {
  return partsOf(signed)
    .filter((_, index) => index % 2 === 1)
    .filter((name) => name.startsWith('header.'))
    .map((name) => name.slice('header.'.length).toLowerCase())
}
